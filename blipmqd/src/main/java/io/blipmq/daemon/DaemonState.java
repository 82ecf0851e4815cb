package io.blipmq.daemon;

/** Where the daemon stands: from STARTING to RUNNING, then to SHUTTING_DOWN and STOPPED, or from anywhere to FAILED. */
enum DaemonState {
    STARTING("starting"),
    RUNNING("running"),
    SHUTTING_DOWN("shutting down"),
    STOPPED("stopped"),
    FAILED("failed");

    private final String text;

    DaemonState(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
