package io.blipmq.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a key file as the daemon reads its own, so that both may be given the same one: blanks around a key and a byte order mark
 * are dropped, blank lines and those that begin with # are skipped. Of several keys the first is taken. Stateless.
 */
final class KeyFile {
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private KeyFile() {}

    static String key(Path file) throws InputException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .findFirst()
                    .orElseThrow(() -> new InputException(file + " contains no key"));
        } catch (CharacterCodingException e) {
            throw new InputException(file + " is not UTF-8");
        } catch (InputException e) {
            throw e;
        } catch (IOException e) {
            throw new InputException("cannot read " + file + ": " + InputFile.reason(file, e));
        }
    }
}
