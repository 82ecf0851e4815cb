/**
 * The seam between the log and the disk: one flat directory of files, behind {@link io.blipmq.wal.storage.Storage}. Every
 * byte of the log goes through it. Thread-safe: all threads of the log use it at the same time.
 *
 * <p>Start reading at {@link io.blipmq.wal.storage.Storage}, whose contract says what a power loss leaves; {@link
 * io.blipmq.wal.storage.FileStorage} keeps it on the real disk, and the tests' {@code SimulatedStorage} in memory, with
 * every failure a disk can have. Both pass {@code StorageContract}. {@link io.blipmq.wal.storage.SegmentNames} lists the
 * names of all files.
 *
 * <p>A new call of the system belongs here, with its case in the contract and in {@code DurabilityScript}, which reads what
 * the real files do from a trace. What is in the files belongs to {@code wal.segment}.
 */
package io.blipmq.wal.storage;
