package io.blipmq.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command sees of the process around it.
 *
 * @param output without a buffer and without a {@link PrintStream}, which would hide that its reader has gone
 */
record Terminal(InputStream input, OutputStream output, PrintStream errors, Map<String, String> environment) {}
