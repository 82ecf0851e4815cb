package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** An offline command that has run in this process: its status and what it printed. Immutable. */
record OfflineRun(int status, String output, String errors) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static OfflineRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int status = line.execute(arguments);
        return new OfflineRun(status, out.toString(), err.toString());
    }

    OfflineRun expect(int wanted) {
        assertThat(status).as(output + errors).isEqualTo(wanted);
        return this;
    }

    /** A JSON object a line. */
    List<JsonNode> json() throws Exception {
        List<JsonNode> objects = new ArrayList<>();
        for (String line : output.lines().toList()) {
            objects.add(MAPPER.readTree(line));
        }
        return objects;
    }
}
