/**
 * The daemon's log output: one line per event on standard output, with bursts of the same warning cut short.
 *
 * <p>Logback finds {@link io.blipmq.daemon.logging.LogConfigurator} as a service when the first logger is asked for, so
 * nothing has to be called before; events come from any thread. Start reading there.
 */
package io.blipmq.daemon.logging;
