package io.blipmq.wal.storage;

import io.blipmq.wal.DiskFullException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * Says which call failed and for which file: what the system answers names at most one of them. Stateless.
 *
 * <p>A full disk is a {@link DiskFullException}. A name that is taken or missing, and a closed file, keep the exception
 * that callers ask for.
 */
final class FailedCall {

    /** @param call with the file's name, as in {@code rename of a to b} */
    static IOException of(String call, IOException cause) {
        IOException told = DiskFullException.orSame(cause);
        if (told != cause || cause instanceof ClosedChannelException) {
            return told;
        }
        String what = call + ": " + reason(cause);
        IOException failed = cause instanceof NoSuchFileException
                ? new NoSuchFileException(null, null, what)
                : cause instanceof FileAlreadyExistsException
                        ? new FileAlreadyExistsException(null, null, what)
                        : new IOException(what);
        failed.initCause(cause);
        return failed;
    }

    private static String reason(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        } else if (cause instanceof NoSuchFileException) {
            return "no such file";
        } else if (cause instanceof FileAlreadyExistsException) {
            return "the name is taken";
        }
        String reason = cause instanceof FileSystemException named ? named.getReason() : cause.getMessage();
        return reason == null ? cause.toString() : reason;
    }

    private FailedCall() {}
}
