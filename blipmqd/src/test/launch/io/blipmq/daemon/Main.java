package io.blipmq.daemon;

import java.util.concurrent.CountDownLatch;

/** Stands in for the daemon in the tests of the launchers. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        System.out.println("pid " + ProcessHandle.current().pid());
        System.out.println("directory " + System.getProperty("user.dir"));
        System.out.println("probe " + System.getProperty("probe"));
        System.out.println("heap " + Runtime.getRuntime().maxMemory() / (1024 * 1024));
        for (String arg : args) {
            System.out.println("argument <" + arg + ">");
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
