package io.blipmq.cli;

import java.io.IOException;

/** Standard input or a file could not be read, or holds what no message can carry. */
final class InputException extends IOException {
    private static final long serialVersionUID = 1;

    InputException(String message) {
        super(message);
    }
}
