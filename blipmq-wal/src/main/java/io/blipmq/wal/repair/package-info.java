/**
 * A damaged log: finds what is whole whatever state names, headers and frames are in, and makes a log of it that a start
 * accepts. Owned by the thread that runs it; a log that is not damaged never comes here but to be verified.
 *
 * <p>Start reading at {@link io.blipmq.wal.repair.LogSurvey}, which only reads and says what is lost, then {@link
 * io.blipmq.wal.repair.Repair}, which carries its {@link io.blipmq.wal.repair.RepairPlan} out.
 *
 * <p>A repair keeps a copy of every file before it changes it, and loses no record that it can read; {@code SalvageTest} has
 * a test for each kind of damage, and {@code SalvageRandomTest} damages at random. Nothing that a running log needs belongs
 * here.
 */
package io.blipmq.wal.repair;
