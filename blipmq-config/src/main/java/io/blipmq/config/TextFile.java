package io.blipmq.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Immutable. Reads a small file of UTF-8 text, with reasons for the operator when it cannot. */
final class TextFile {
    /** Far above any real file; keeps a wrong path, such as a device, from filling the heap. */
    static final int BYTES_MAX = 4 << 20;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFile() {}

    static String read(Path path) throws Refused {
        String text = decode(readBytes(path));
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static byte[] readBytes(Path path) throws Refused {
        if (Files.isDirectory(path)) {
            throw new Refused("cannot be read: it is a directory");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new Refused("is larger than " + BYTES_MAX + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new Refused("there is no such file");
        } catch (AccessDeniedException e) {
            throw new Refused("cannot be read: permission denied");
        } catch (IOException e) {
            throw new Refused("cannot be read: " + e.getMessage());
        }
    }

    private static String decode(byte[] bytes) throws Refused {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            long line = text.chars().filter(c -> c == '\n').count() + 1;
            throw new Refused("line " + line + " is not valid UTF-8");
        }
        return text.toString();
    }
}
