package io.blipmq.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.client.Header;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Owned by the main thread. Writes JSON objects, each in a line of its own. */
final class JsonLines {
    /** Writes the fields of one object. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** The output is the caller's, and so is when it is flushed; a message may be as large as a fraction of the memory. */
    private final JsonFactory factory = new JsonFactory()
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);

    private final OutputStream output;

    JsonLines(OutputStream output) {
        this.output = output;
    }

    /** Writes one line. */
    void line(Fields fields) throws IOException {
        try (JsonGenerator json = factory.createGenerator(output)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw e instanceof OutputException ? e : new OutputException(e);
        }
    }

    /** A message's body: as {@code body} when it is UTF-8, else as {@code bodyBase64}. */
    static void body(JsonGenerator json, byte[] body) throws IOException {
        String text = text(body);
        if (text != null) {
            json.writeStringField("body", text);
        } else {
            json.writeBinaryField("bodyBase64", body);
        }
    }

    /** Headers in order, each an object with its name and its value. */
    static void headers(JsonGenerator json, List<Header> headers) throws IOException {
        json.writeArrayFieldStart("headers");
        for (Header header : headers) {
            json.writeStartObject();
            json.writeStringField("name", header.name());
            String text = text(header.value());
            if (text != null) {
                json.writeStringField("value", text);
            } else {
                json.writeBinaryField("valueBase64", header.value());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
