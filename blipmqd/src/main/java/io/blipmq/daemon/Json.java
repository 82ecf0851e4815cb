package io.blipmq.daemon;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.blipmq.wal.LogDamage;
import io.blipmq.wal.LogReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Prints JSON, an object a line. Stateless. */
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Writes the fields of one object. */
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private Json() {}

    static void line(PrintWriter out, Fields fields) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        }
        out.println(text);
    }

    static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    /** A number that is not known is null; without any, both are left out. */
    static void damages(JsonGenerator json, List<LogDamage> damages) throws IOException {
        json.writeArrayFieldStart("damages");
        for (LogDamage damage : damages) {
            json.writeStartObject();
            json.writeStringField("file", damage.file());
            json.writeNumberField("offset", damage.offset());
            json.writeStringField("what", damage.what());
            json.writeBooleanField("loses_records", damage.losesRecords());
            if (damage.losesRecords()) {
                sequence(json, "first_sequence", damage.firstSequence());
                sequence(json, "last_sequence", damage.lastSequence());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void sequence(JsonGenerator json, String name, long value) throws IOException {
        if (value == LogDamage.UNKNOWN) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, value);
        }
    }

    static void report(JsonGenerator json, LogReport report) throws IOException {
        json.writeStringField("log", report.directory());
        json.writeBooleanField("whole", report.isWhole());
        json.writeStringField("journal", report.journalId());
        json.writeBooleanField("clean_end", report.sealed());
        json.writeNumberField("torn_bytes", report.tornBytes());
        json.writeNumberField("records", report.records());
        json.writeNumberField("first_sequence", report.firstSequence());
        json.writeNumberField("last_sequence", report.lastSequence());
        json.writeNumberField("epochs", report.epochs());
        json.writeNumberField("bytes", report.bytes());
        checkpoint(json, report.checkpoint());
        segments(json, report.segments());
        json.writeNumberField("indexes_missing", report.indexesMissing());
        json.writeNumberField("prepared", report.prepared());
        json.writeNumberField("ballast_bytes", report.ballastBytes());
        strings(json, "superseded", report.superseded());
        strings(json, "aside", report.aside());
        damages(json, report.damages());
    }

    private static void checkpoint(JsonGenerator json, LogReport.CheckpointSummary checkpoint) throws IOException {
        if (checkpoint == null) {
            json.writeNullField("checkpoint");
            return;
        }
        json.writeObjectFieldStart("checkpoint");
        json.writeNumberField("sequence", checkpoint.sequence());
        json.writeNumberField("segments", checkpoint.segments());
        json.writeNumberField("content_bytes", checkpoint.contentBytes());
        json.writeNumberField("lost_ranges", checkpoint.lostRanges());
        json.writeEndObject();
    }

    private static void segments(JsonGenerator json, List<LogReport.SegmentSummary> segments) throws IOException {
        json.writeArrayFieldStart("segments");
        for (LogReport.SegmentSummary segment : segments) {
            json.writeStartObject();
            json.writeStringField("file", segment.file());
            json.writeNumberField("epoch", segment.epoch());
            json.writeNumberField("first_sequence", segment.first());
            json.writeNumberField("last_sequence", segment.last());
            json.writeNumberField("records", segment.records());
            json.writeNumberField("bytes", segment.bytes());
            json.writeBooleanField("compacted", segment.compacted());
            json.writeBooleanField("checkpointed", segment.checkpointed());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
