/**
 * The daemon's HTTP endpoint: metrics, health and the debug pages on the JDK's server.
 *
 * <p>Its own few daemon threads run everything here; they read published snapshots and, for the list of subscriptions,
 * wait a bounded time for the core. The daemon starts it; it knows neither sockets nor state of the broker. Limits and
 * their reasons stand in {@link io.blipmq.metrics.http.HttpLimits}. Start reading at
 * {@link io.blipmq.metrics.http.HttpEndpoint}.
 */
package io.blipmq.metrics.http;
