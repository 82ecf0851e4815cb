package io.blipmq.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/** Stands in for the daemon in the tests of the launchers. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        System.out.println("pid " + ProcessHandle.current().pid());
        System.out.println("directory " + System.getProperty("user.dir"));
        System.out.println("probe " + System.getProperty("probe"));
        System.out.println("heap " + Runtime.getRuntime().maxMemory() / (1024 * 1024));
        for (String arg : args) {
            System.out.println("argument <" + arg + ">");
        }
        if (args.length > 0 && args[0].equals("descriptors")) {
            for (int descriptor = 0; descriptor <= 2; descriptor++) {
                Path open = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor));
                Files.writeString(Path.of(args[1]), open + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
        if (args.length > 0 && args[0].equals("exit")) {
            System.exit(Integer.parseInt(args[1]));
        }
        if (args.length > 0 && args[0].equals("wait") || "wait".equals(System.getProperty("probe"))) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
            System.out.println("waiting");
            new CountDownLatch(1).await();
        }
    }
}
