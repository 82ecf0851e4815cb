/**
 * The whole log on a simulated disk: random runs with crashes and damage, a crash at every call, every order of its threads,
 * and the planted bugs that these have to find. Start reading at {@code CrashTest} and {@code PlantedBugTest}.
 */
package io.blipmq.wal.simulation;
