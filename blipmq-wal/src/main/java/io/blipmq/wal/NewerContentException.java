package io.blipmq.wal;

/**
 * What is in a record or a checkpoint was written by a newer release. Thrown by those who read it to the log, which then
 * says where it stands, see {@link WalCorruptionException}.
 */
public final class NewerContentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param what is newer, as in {@code the state is of version 4; this release reads up to 3} */
    public NewerContentException(String what) {
        super("written by a newer release: " + what + ". Start the newer release again");
    }
}
