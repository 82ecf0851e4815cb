package io.blipmq.wal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The disk, or a quota on it, has no room for a write. */
public final class DiskFullException extends IOException {
    private static final String NO_SPACE = "No space left on device";
    private static final String QUOTA = "Disk quota exceeded";
    /** A device of Linux that never has room. */
    private static final Path FULL_DEVICE = Path.of("/dev/full");

    private static final String NO_SPACE_HERE = saidBy(FULL_DEVICE);

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Recognises the platform's two ways to say it, for which Java has no exception of its own. */
    public static IOException orSame(IOException cause) {
        return orSame(cause, NO_SPACE_HERE);
    }

    /** @param noSpaceHere the system's message in this process, which is in the language of its environment */
    public static IOException orSame(IOException cause, String noSpaceHere) {
        String text = String.valueOf(cause.getMessage());
        boolean full = text.contains(NO_SPACE) || text.contains(noSpaceHere) || text.contains(QUOTA);
        return full ? new DiskFullException(text, cause) : cause;
    }

    /** What writing to the device fails with; without such a device, what it fails with in English. */
    public static String saidBy(Path device) {
        // Nothing is made of the name when it is missing.
        try (OutputStream output = Files.newOutputStream(device, StandardOpenOption.WRITE)) {
            output.write(0);
            return NO_SPACE;
        } catch (IOException e) {
            boolean said = Files.isWritable(device)
                    && e.getMessage() != null
                    && !e.getMessage().isBlank();
            return said ? e.getMessage() : NO_SPACE;
        }
    }
}
