package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.blipmq.daemon.v1.BlipClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A daemon's log that damage is planted in. Owned by the test's thread. */
record LogDirectory(Path path) {
    static final int FIRST_FRAME_OFFSET = 4096;

    /**
     * Runs a daemon that stores messages {@code message 0} and so on for a durable subscription to {@code demo}, each in a
     * frame of its own, and ends it cleanly.
     *
     * @return the subscription's id
     */
    static long store(DaemonSetup setup, int count) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startReady(setup);
                BlipClient client = daemon.connect()) {
            long id = client.subscribe("demo", 1);
            for (int i = 0; i < count; i++) {
                client.publish("demo", WireClient.bytes("message " + i), 1);
                client.ping();
            }
            daemon.stop();
            return id;
        }
    }

    /** The first segment of the log. */
    Path segment() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(".segment"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Damages the frame that holds a text. */
    void damage(String text) throws IOException {
        Path segment = segment();
        byte[] content = Files.readAllBytes(segment);
        byte[] wanted = WireClient.bytes(text);
        int at = 0;
        while (!new String(content, at, wanted.length, StandardCharsets.ISO_8859_1).equals(text)) {
            at++;
        }
        flip(segment, at);
    }

    void flip(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThat(channel.read(one, offset)).isEqualTo(1);
            one.put(0, (byte) ~one.get(0)).rewind();
            channel.write(one, offset);
        }
    }

    /** Every file's name and a digest of its bytes; of the lock's too. */
    Map<String, String> contents() throws Exception {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.toList()) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
                contents.put(
                        file.getFileName().toString(),
                        ByteBuffer.wrap(digest).getLong() + " " + Files.getLastModifiedTime(file));
            }
        }
        return contents;
    }
}
