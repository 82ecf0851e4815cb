package io.blipmq.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a file that an option names, and says why it cannot. Stateless. */
final class InputFile {
    private InputFile() {}

    /**
     * The content of a file that is to be one message.
     *
     * @param bytesMax what a message can carry. Of what has no size, such as a pipe, one byte more at most is read
     * @throws IllegalArgumentException if the file is larger; it is not read then
     */
    static byte[] message(Path file, int bytesMax) throws InputException {
        try (InputStream input = Files.newInputStream(file)) {
            long size = Files.size(file);
            if (size > bytesMax && !Files.isDirectory(file)) {
                throw new IllegalArgumentException(
                        "a message on this topic must be at most " + bytesMax + " bytes, not " + size);
            }
            return input.readNBytes(bytesMax + 1);
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + reason(file, e));
        }
    }

    /** What is wrong with the file, without its name, which the exceptions of files have for a message. */
    static String reason(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (Files.isDirectory(file)) {
            return "is a directory";
        }
        return e instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : e.getMessage();
    }
}
