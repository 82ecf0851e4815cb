/**
 * Runs the launchers of {@code bin/} with a small program in the place of the daemon. Start reading at {@link
 * io.blipmq.launch.DistributionTest}.
 */
package io.blipmq.launch;
