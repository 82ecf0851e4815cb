package io.blipmq.config;

import io.blipmq.config.RawValue.Kind;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Immutable. Reads paths. What is more likely a mistake than a name is refused: a daemon with a wrong path begins an empty
 * log, as if everything were lost.
 */
final class PathType extends ValueType<String> {
    private final String accepted;
    private final boolean mayBeEmpty;

    PathType(String accepted, boolean mayBeEmpty) {
        this.accepted = accepted;
        this.mayBeEmpty = mayBeEmpty;
    }

    @Override
    Optional<String> parse(RawValue value) {
        return value.kind() == Kind.TEXT && isPath(value.text()) ? Optional.of(value.text()) : Optional.empty();
    }

    private boolean isPath(String text) {
        try {
            Path.of(text);
            return text.isEmpty() ? mayBeEmpty : !text.isBlank();
        } catch (InvalidPathException notAPath) {
            return false;
        }
    }

    @Override
    String fromFile(RawValue value) throws Refused {
        if (value.kind() == Kind.NUMBER || value.kind() == Kind.BOOLEAN) {
            throw new Refused(value.shown() + " is not text; put it in quotes and give " + accepted);
        }
        if (value.text().chars().anyMatch(Character::isISOControl)) {
            throw new Refused(value.shown() + " has a control character in it, such as the line end of a file that was"
                    + " written on Windows; give " + accepted);
        }
        if (value.text().startsWith("~")) {
            throw new Refused(value.shown() + " begins with ~, which only a shell expands; give the whole path");
        }
        if (value.kind() == Kind.TEXT && !PathNames.isNameable(value.text())) {
            throw new Refused(value.shown() + " " + PathNames.unnameable());
        }
        return super.fromFile(value);
    }

    /** Blanks around it are dropped, as for every other variable; a line end is not, for it is shown when it is refused. */
    @Override
    String fromEnvironment(String value) throws Refused {
        boolean plain = value.chars().noneMatch(Character::isISOControl);
        return super.fromEnvironment(plain ? value.strip() : value);
    }

    @Override
    String accepted() {
        return accepted;
    }

    @Override
    String render(String value) {
        return '"' + RawValue.printable(value) + '"';
    }
}
