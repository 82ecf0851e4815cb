/**
 * A damaged log: finds what is whole whatever state names, headers and frames are in, and makes a log of it that a start
 * accepts. Owned by the thread that runs it. A strict start never comes here; one that is to salvage does so first, and finds
 * nothing to do in a log that is whole.
 *
 * <p>Start reading at {@link io.blipmq.wal.repair.LogSurvey}, which only reads and says what is lost. It finds the segments
 * ({@code SegmentDirectory}, with {@code HeaderRestore} for bad headers), reads those that the checkpoint lists ({@code
 * ListedSurvey}) and those behind it ({@code ChainSurvey}), each past its holes ({@code SegmentScan}). Then {@link
 * io.blipmq.wal.repair.Repair}, which carries its {@code RepairPlan} out ({@code SegmentMend}).
 *
 * <p>A repair keeps a copy of every file before it changes it, and loses no record that it can read; {@code SalvageTest} has
 * a test for each kind of damage, and {@code SalvageRandomTest} damages at random. Nothing that a running log needs belongs
 * here.
 */
package io.blipmq.wal.repair;
