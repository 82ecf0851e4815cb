package io.blipmq.daemon;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar. */
final class Version implements IVersionProvider {

    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "blipmqd " + current(), "Java " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")",
        };
    }
}
