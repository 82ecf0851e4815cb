package io.blipmq.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.broker.journal.JournalRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/**
 * One record as {@code wal dump} prints it. Immutable; valid as long as the record's payload is.
 *
 * @param file the segment that holds it
 */
record DumpLine(String file, long sequence, JournalRecord record) {
    /** Of a payload, as text. */
    private static final int TEXT_CHARS_MAX = 200;

    String text() {
        StringBuilder line = new StringBuilder();
        line.append(sequence).append(' ').append(record.command());
        if (record.topic() != null) {
            line.append(" topic ").append(quoted(record.topic(), Integer.MAX_VALUE));
        }
        if (record.name() != null) {
            line.append(" name ").append(quoted(record.name(), Integer.MAX_VALUE));
        }
        if (record.subscription() != 0) {
            line.append(" subscription ").append(record.subscription());
        }
        if (record.deliveryTag() != 0) {
            line.append(" tag ").append(record.deliveryTag());
        }
        if (record.reason() != null) {
            line.append(" reason ").append(record.reason());
        }
        if (record.attempts() != 0) {
            line.append(" attempts ").append(record.attempts());
        }
        if (record.payload() != null) {
            message(line);
        } else if (record.publishedMillis() != 0) {
            line.append(" at ").append(Instant.ofEpochMilli(record.publishedMillis()));
        }
        return line.toString();
    }

    private void message(StringBuilder line) {
        line.append(" published ").append(Instant.ofEpochMilli(record.publishedMillis()));
        if (record.expiresMillis() != 0) {
            line.append(" expires ").append(Instant.ofEpochMilli(record.expiresMillis()));
        }
        line.append(' ').append(record.payload().remaining()).append(" bytes ");
        String text = payloadText();
        line.append(text == null ? "base64 " + base64() : quoted(text, TEXT_CHARS_MAX));
    }

    void write(JsonGenerator json) throws IOException {
        json.writeNumberField("sequence", sequence);
        json.writeStringField("type", record.command());
        if (record.topic() != null) {
            json.writeStringField("topic", record.topic());
        }
        if (record.name() != null) {
            json.writeStringField("name", record.name());
        }
        if (record.subscription() != 0) {
            json.writeNumberField("subscription", record.subscription());
        }
        if (record.deliveryTag() != 0) {
            json.writeNumberField("tag", record.deliveryTag());
        }
        if (record.reason() != null) {
            json.writeStringField("reason", record.reason());
        }
        if (record.attempts() != 0) {
            json.writeNumberField("attempts", record.attempts());
        }
        if (record.payload() != null) {
            writeMessage(json);
        } else if (record.publishedMillis() != 0) {
            json.writeNumberField("at_ms", record.publishedMillis());
        }
        json.writeStringField("file", file);
    }

    private void writeMessage(JsonGenerator json) throws IOException {
        json.writeNumberField("published_ms", record.publishedMillis());
        if (record.expiresMillis() != 0) {
            json.writeNumberField("expires_ms", record.expiresMillis());
        }
        String text = payloadText();
        if (text == null) {
            json.writeStringField("payload_base64", base64());
        } else {
            json.writeStringField("payload", text);
        }
    }

    /** Null when it is no text that a terminal may show. */
    private String payloadText() {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(record.payload().duplicate())
                    .toString();
            boolean printable = text.chars().noneMatch(c -> Character.isISOControl(c) && "\n\r\t".indexOf(c) < 0);
            return printable ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private String base64() {
        ByteBuffer payload = record.payload().duplicate();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String quoted(String text, int charsMax) {
        boolean cut = text.length() > charsMax;
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().limit(charsMax).forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if (Character.isISOControl(c)) {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.append((char) c);
            }
        });
        return quoted.append(cut ? "\"…" : "\"").toString();
    }
}
