package io.blipmq.client;

import io.blipmq.protocol.entry.PropertiesReader;
import io.blipmq.protocol.entry.PropertyLayout;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads the properties of a delivered message. Stateless. Whatever cannot be read is left out. */
final class Properties {
    private Properties() {}

    static List<Header> headers(byte[] properties) {
        List<Header> headers = new ArrayList<>();
        PropertiesReader reader = reader(properties);
        while (reader.next()) {
            if (reader.key() == PropertyLayout.HEADER_KEY && isHeader(properties, reader)) {
                headers.add(new Header(reader.headerName(), reader.headerValue()));
            }
        }
        return headers;
    }

    static Optional<String> replyTo(byte[] properties) {
        return first(properties, PropertyLayout.REPLY_TO_KEY, PropertiesReader::asText);
    }

    static Optional<byte[]> correlation(byte[] properties) {
        return first(properties, PropertyLayout.CORRELATION_KEY, PropertiesReader::asBytes);
    }

    static Optional<byte[]> publishId(byte[] properties) {
        return first(properties, PropertyLayout.PUBLISH_ID_KEY, PropertiesReader::asBytes);
    }

    private static <T> Optional<T> first(byte[] properties, int key, Function<PropertiesReader, T> value) {
        PropertiesReader reader = reader(properties);
        while (reader.next()) {
            if (reader.key() == key) {
                return Optional.of(value.apply(reader));
            }
        }
        return Optional.empty();
    }

    static Optional<DeadLetter> deadLetter(byte[] properties) {
        long subscription = 0;
        int attempts = 0;
        String reason = null;
        long millis = 0;
        PropertiesReader reader = reader(properties);
        while (reader.next()) {
            if (reader.key() == PropertyLayout.DEAD_LETTER_REASON_KEY) {
                reason = reader.asText();
            } else if (isNumber(reader, PropertyLayout.DEAD_LETTER_SUBSCRIPTION_KEY, Long.BYTES)) {
                subscription = reader.asLong();
            } else if (isNumber(reader, PropertyLayout.DEAD_LETTER_ATTEMPTS_KEY, Short.BYTES)) {
                attempts = reader.asShort();
            } else if (isNumber(reader, PropertyLayout.DEAD_LETTER_MILLIS_KEY, Long.BYTES)) {
                millis = reader.asLong();
            }
        }
        return reason == null
                ? Optional.empty()
                : Optional.of(new DeadLetter(subscription, attempts, reason, Instant.ofEpochMilli(millis)));
    }

    /** A walk over properties that fill their array; over none when they do not. */
    private static PropertiesReader reader(byte[] properties) {
        ByteBuffer buffer = ByteBuffer.wrap(properties);
        int at = 0;
        while (at < properties.length) {
            boolean fits = properties.length - at >= PropertyLayout.HEADER_BYTES
                    && PropertyLayout.next(buffer, at) <= properties.length;
            if (!fits) {
                return new PropertiesReader().of(buffer, 0, 0);
            }
            at = PropertyLayout.next(buffer, at);
        }
        return new PropertiesReader().of(buffer, 0, properties.length);
    }

    private static boolean isNumber(PropertiesReader reader, int key, int bytes) {
        return reader.key() == key && reader.valueLength() == bytes;
    }

    private static boolean isHeader(byte[] properties, PropertiesReader reader) {
        return reader.valueLength() >= PropertyLayout.HEADER_NAME_OFFSET
                && Byte.toUnsignedInt(properties[reader.valueOffset()])
                        <= reader.valueLength() - PropertyLayout.HEADER_NAME_OFFSET;
    }
}
