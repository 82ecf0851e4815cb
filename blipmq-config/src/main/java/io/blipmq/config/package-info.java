/**
 * The daemon's settings: a TOML or YAML file, the environment over it, defaults under it.
 *
 * <p>Used once, by the thread that starts the daemon; what it returns is immutable. Only {@code blipmqd} sees this
 * package, the other modules take small option records of their own. Start reading at {@link io.blipmq.config.Key}, the
 * table of all settings, then {@link io.blipmq.config.SettingsLoader}.
 */
package io.blipmq.config;
