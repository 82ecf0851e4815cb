/**
 * {@code blipmq bench}: measures a broker with publishers and subscribers of its own, and checks that nothing is lost, doubled
 * or reordered.
 *
 * <p>Each publisher has a thread and a client, each subscriber a client; they share nothing but the tally. Start reading at
 * {@link io.blipmq.cli.bench.Bench}.
 */
package io.blipmq.cli.bench;
