/**
 * The {@code blipmq} command: publish, subscribe and ping from a shell.
 *
 * <p>Everything runs on the main thread. Commands reach the outside only through {@link io.blipmq.cli.Terminal} and the
 * client of {@code io.blipmq.client}. Start reading at {@link io.blipmq.cli.Main}, then {@link io.blipmq.cli.BlipCommand}.
 */
package io.blipmq.cli;
