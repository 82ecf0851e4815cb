package io.blipmq.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small disk of its own in memory, which can be filled and made larger. Owned by the test's thread; unmounted by closing. */
final class Tmpfs implements AutoCloseable {
    private static final int BLOCK_BYTES = 4096;

    private final Path directory;

    private Tmpfs(Path directory) {
        this.directory = directory;
    }

    /** Ends the test, visibly, where mounting is not allowed. */
    static Tmpfs mount(Path directory, String size) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", directory.toString());
        if (!mounted) {
            System.out.println("SKIPPED: full disks are not tested here: mounting a tmpfs is not allowed");
        }
        assumeThat(mounted).as("mounting a tmpfs is allowed").isTrue();
        return new Tmpfs(directory);
    }

    void resize(String size) throws IOException, InterruptedException {
        assertThat(run("mount", "-o", "remount,size=" + size, directory.toString()))
                .isTrue();
    }

    /** Takes all the room that is left, but for some bytes. */
    void fill(Path file, long bytesLeft) throws IOException {
        long wanted = Files.getFileStore(directory).getUsableSpace() - bytesLeft;
        try (OutputStream output = Files.newOutputStream(file)) {
            byte[] block = new byte[BLOCK_BYTES];
            for (long written = 0; written < wanted; written += BLOCK_BYTES) {
                output.write(block);
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        assertThat(run("umount", "-l", directory.toString())).isTrue();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }
}
