package io.blipmq.wal.storage;

import io.blipmq.wal.DiskFullException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntPredicate;

/**
 * A disk in memory that can lose power. Thread-safe.
 *
 * <p>It keeps what the system sees apart from what the disk holds: unforced bytes are lost sector by sector, and
 * unsynced names from the last on, when {@link #losePower} is called; {@link #killProcess} keeps everything. Both close
 * all files, release the lock, and clear planned faults; then the storage can be opened again. Faults are planned with
 * the methods named after them. Everything random comes from the seed.
 */
public final class SimulatedStorage implements Storage {
    private static final long OTHER_PID = 4242;

    private final Random random;
    private Map<String, SimulatedFile> names = new HashMap<>();
    private Map<String, SimulatedFile> durableNames = new HashMap<>();
    private final List<NameChange> unsynced = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();

    private UUID boot;
    private boolean bootKnown = true;
    private int process;
    private boolean locked;
    private boolean lockedElsewhere;
    private boolean dead;

    private long callsUntilCrash = Long.MAX_VALUE;
    private long changes;
    private long forces;
    private long bytesRead;
    private long reads;
    private int openHandles;
    private long bytesMax = Long.MAX_VALUE;
    private long bytesUntilWriteFails = Long.MAX_VALUE;
    private long forcesUntilFailure = Long.MAX_VALUE;
    private long forcesFailing = Long.MAX_VALUE;
    private boolean forceSkipped;
    private Runnable beforeChange = () -> {};

    /** One change of the directory; null stands for no name on that side. */
    private record NameChange(String removed, String added, SimulatedFile file) {
        void apply(Map<String, SimulatedFile> target) {
            if (removed != null) {
                target.remove(removed);
            }
            if (added != null) {
                target.put(added, file);
            }
        }
    }

    private record PendingSector(SimulatedFile file, int sector, long call) {}

    public SimulatedStorage(long seed) {
        random = new Random(seed);
        boot = new UUID(random.nextLong(), random.nextLong());
    }

    // ---- faults

    /** The machine loses power and is started again. */
    public synchronized void losePower() {
        double[] chances = {0, 0.1, 0.5, 0.9, 1};
        losePower(chances[random.nextInt(chances.length)]);
    }

    /** @param chance how likely each unforced sector, and each unsynced name, has reached the disk */
    public synchronized void losePower(double chance) {
        int namesKept = 0;
        while (namesKept < unsynced.size() && random.nextDouble() < chance) {
            namesKept++;
        }
        keepNames(namesKept);
        for (SimulatedFile file : inOrder(names)) {
            file.losePower(sector -> random.nextDouble() < chance, random.nextDouble() < chance);
        }
        reboot();
    }

    /**
     * The machine loses power and is started again, with exactly this of what was pending on the disk.
     *
     * @param namesKept how many of the {@link #pendingNames}, the first ones
     * @param sectorKept which of the {@link #pendingSectors}, in the order of writing
     * @param sizesKept whether files have their new sizes
     */
    public synchronized void losePower(int namesKept, IntPredicate sectorKept, boolean sizesKept) {
        List<PendingSector> pending = pending();
        Set<PendingSector> kept = new HashSet<>();
        for (int index = 0; index < pending.size(); index++) {
            if (sectorKept.test(index)) {
                kept.add(pending.get(index));
            }
        }
        keepNames(namesKept);
        for (SimulatedFile file : names.values()) {
            Map<Integer, Long> dirty = Map.copyOf(file.dirty());
            file.losePower(sector -> kept.contains(new PendingSector(file, sector, dirty.get(sector))), sizesKept);
        }
        reboot();
    }

    /**
     * The process dies, and the machine goes on without the unforced sectors that are not kept: a volume put back from a
     * snapshot, or pages that the system took for clean after a failed force.
     */
    public synchronized void loseCache(IntPredicate sectorKept) {
        UUID before = boot;
        losePower(unsynced.size(), sectorKept, true);
        boot = before;
    }

    private void keepNames(int count) {
        names = new HashMap<>(durableNames);
        unsynced.subList(0, count).forEach(change -> change.apply(names));
        unsynced.clear();
        durableNames = new HashMap<>(names);
    }

    private void reboot() {
        boot = new UUID(random.nextLong(), random.nextLong());
        restart();
    }

    /** The seed decides, so the order of files must not be a hash map's. */
    private static List<SimulatedFile> inOrder(Map<String, SimulatedFile> files) {
        return new TreeMap<>(files).values().stream().toList();
    }

    /** Unsynced changes of the directory. */
    public synchronized int pendingNames() {
        return unsynced.size();
    }

    /** Unforced sectors of all files. */
    public synchronized int pendingSectors() {
        return pending().size();
    }

    /** Whether a file's size is unforced. */
    public synchronized boolean isSizePending() {
        return names.values().stream().anyMatch(file -> !file.isSizeForced());
    }

    private List<PendingSector> pending() {
        List<PendingSector> pending = new ArrayList<>();
        for (SimulatedFile file : inOrder(names)) {
            file.dirty().forEach((sector, call) -> pending.add(new PendingSector(file, sector, call)));
        }
        pending.sort(Comparator.comparingLong(PendingSector::call));
        return pending;
    }

    /** The same disk once more, without planned faults; what becomes of one does not touch the other. */
    public synchronized SimulatedStorage copy() {
        SimulatedStorage copy = new SimulatedStorage(changes);
        Map<SimulatedFile, SimulatedFile> files = new IdentityHashMap<>();
        copyInto(copy.names, names, files);
        copyInto(copy.durableNames, durableNames, files);
        for (NameChange change : unsynced) {
            SimulatedFile file = change.file == null ? null : files.computeIfAbsent(change.file, SimulatedFile::copy);
            copy.unsynced.add(new NameChange(change.removed, change.added, file));
        }
        copy.boot = boot;
        copy.bootKnown = bootKnown;
        copy.changes = changes;
        copy.forceSkipped = forceSkipped;
        copy.locked = locked;
        return copy;
    }

    private static void copyInto(
            Map<String, SimulatedFile> target,
            Map<String, SimulatedFile> source,
            Map<SimulatedFile, SimulatedFile> files) {
        source.forEach((name, file) -> target.put(name, files.computeIfAbsent(file, SimulatedFile::copy)));
    }

    /** The process dies and is started again; the machine goes on. */
    public synchronized void killProcess() {
        restart();
    }

    private void restart() {
        process++;
        openHandles = 0;
        locked = false;
        lockedElsewhere = false;
        dead = false;
        clearFaults();
    }

    /** Nothing that was planned happens any more. */
    public synchronized void clearFaults() {
        callsUntilCrash = Long.MAX_VALUE;
        bytesMax = Long.MAX_VALUE;
        bytesUntilWriteFails = Long.MAX_VALUE;
        forcesUntilFailure = Long.MAX_VALUE;
        forcesFailing = Long.MAX_VALUE;
    }

    /** The process dies within the {@code count}th changing call from now, having done a part of it. */
    public synchronized void crashAfterChanges(long count) {
        callsUntilCrash = count;
    }

    /** The disk has room for so many bytes in all files. */
    public synchronized void limitBytes(long bytes) {
        bytesMax = bytes;
    }

    /** Writing fails after so many more bytes. */
    public synchronized void failWriteAfter(long bytes) {
        bytesUntilWriteFails = bytes;
    }

    /** Every force fails from now on. */
    public synchronized void failForce() {
        failForceAfter(0);
    }

    /** Every force fails after so many more. */
    public synchronized void failForceAfter(long count) {
        forcesUntilFailure = count;
    }

    /**
     * One force fails, after so many more; the next one says that all is well, as real systems do, although what was
     * pending is not on the disk.
     */
    public synchronized void failOneForceAfter(long count) {
        forcesUntilFailure = count;
        forcesFailing = 1;
    }

    /** Plants a bug: forces do nothing and say nothing. */
    public synchronized void skipForce() {
        forceSkipped = true;
    }

    /** The disk cannot read this byte of a file any more; a read that comes to it fails. */
    public synchronized void makeUnreadable(String name, long position) {
        names.get(name).makeUnreadable(position);
    }

    /** Sets what another thread does just before each changing call of this one. */
    public synchronized void beforeChange(Runnable action) {
        beforeChange = action;
    }

    /** The platform does not tell the boot. */
    public synchronized void hideBootId() {
        bootKnown = false;
    }

    /** Another process holds, or lets go of, the lock. */
    public synchronized void lockElsewhere(boolean held) {
        lockedElsewhere = held;
    }

    // ---- looking at it and damaging it

    /** Changing calls so far. */
    public synchronized long changes() {
        return changes;
    }

    /** Forces of files so far. */
    public synchronized long forces() {
        return forces;
    }

    /** Reads of files so far. */
    public synchronized long reads() {
        return reads;
    }

    /** Files that this life of the process has open. */
    public synchronized int openHandles() {
        return openHandles;
    }

    /** Bytes read so far. */
    public synchronized long bytesRead() {
        return bytesRead;
    }

    /** Bytes of all files. */
    public synchronized long usedBytes() {
        return names.values().stream().mapToLong(SimulatedFile::size).sum();
    }

    /** The changing calls so far, one string each, as in {@code force NAME}; the last 10,000 of them. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    /** Flips one bit of a file. */
    public synchronized void flipBit(String name, long position) {
        names.get(name).flip(position);
    }

    /** Writes into a file past all bookkeeping, on disk and in memory alike. */
    public synchronized void overwrite(String name, long position, byte[] bytes) {
        names.get(name).write(ByteBuffer.wrap(bytes), position, changes);
        names.get(name).force();
    }

    /** Reads a file. */
    public synchronized byte[] content(String name) {
        ByteBuffer content = ByteBuffer.allocate((int) names.get(name).size());
        names.get(name).read(content, 0);
        return content.array();
    }

    /** Removes a file, on disk and in memory alike. */
    public synchronized void lose(String name) {
        names.remove(name);
        durableNames.remove(name);
    }

    /** Makes a file, on disk and in memory alike. */
    public synchronized void plant(String name, byte[] content) {
        SimulatedFile file = new SimulatedFile();
        file.write(ByteBuffer.wrap(content), 0, changes);
        file.force();
        names.put(name, file);
        durableNames.put(name, file);
    }

    // ---- storage

    @Override
    public synchronized List<String> list() {
        requireAlive();
        return names.keySet().stream().sorted().toList();
    }

    @Override
    public synchronized StorageFile create(String name) throws IOException {
        onChange("create " + name);
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        SimulatedFile file = new SimulatedFile();
        change(new NameChange(null, name, file));
        return new Handle(name, file, process);
    }

    @Override
    public synchronized StorageFile open(String name) throws IOException {
        requireAlive();
        return new Handle(name, existing(name), process);
    }

    private SimulatedFile existing(String name) throws FileNotFoundException {
        SimulatedFile file = names.get(name);
        if (file == null) {
            throw new FileNotFoundException(name);
        }
        return file;
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        onChange("rename " + from + " " + to);
        change(new NameChange(from, to, existing(from)));
    }

    /** Gives a file a second name, as a system does; the storage's users {@link #keep} files. */
    synchronized void link(String name, String other) throws IOException {
        onChange("link " + name + " " + other);
        change(new NameChange(null, other, existing(name)));
    }

    @Override
    public synchronized void delete(String name) {
        onChange("delete " + name);
        if (names.containsKey(name)) {
            change(new NameChange(name, null, null));
        }
    }

    private void change(NameChange change) {
        change.apply(names);
        unsynced.add(change);
    }

    @Override
    public synchronized void syncDirectory() throws IOException {
        onChange("syncDirectory");
        if (forceFails()) {
            throw failure();
        }
        durableNames = new HashMap<>(names);
        unsynced.clear();
    }

    @Override
    public synchronized OptionalLong tryLock() {
        requireAlive();
        if (lockedElsewhere) {
            return OptionalLong.of(OTHER_PID);
        }
        if (locked) {
            return OptionalLong.of(ProcessHandle.current().pid());
        }
        locked = true;
        return OptionalLong.empty();
    }

    @Override
    public synchronized String bootId() {
        return bootKnown ? boot.toString() : "";
    }

    @Override
    public String describe() {
        return "simulated storage";
    }

    @Override
    public synchronized void close() {
        locked = false;
    }

    private void requireAlive() {
        if (dead) {
            throw new SimulatedCrash();
        }
    }

    /** @return whether the process dies in this call */
    private boolean isLastCall(String call) {
        requireAlive();
        beforeChange.run();
        requireAlive();
        changes++;
        if (calls.size() == 10_000) {
            calls.subList(0, 5_000).clear();
        }
        calls.add(call);
        return --callsUntilCrash <= 0;
    }

    private void onChange(String call) {
        if (isLastCall(call)) {
            die();
        }
    }

    private void die() {
        dead = true;
        throw new SimulatedCrash();
    }

    /** The file's name now, which it may have got after it was opened. */
    private String nameOf(Handle handle) {
        for (Map.Entry<String, SimulatedFile> entry : names.entrySet()) {
            if (entry.getValue() == handle.file) {
                return entry.getKey();
            }
        }
        return handle.name;
    }

    private boolean forceFails() {
        if (forcesUntilFailure == Long.MAX_VALUE) {
            return false;
        }
        return --forcesUntilFailure < 0 && forcesFailing-- > 0;
    }

    private static IOException failure() {
        return new IOException("simulated: Input/output error");
    }

    private synchronized void write(Handle handle, ByteBuffer source, long position) throws IOException {
        handle.requireUsable();
        boolean last = isLastCall("write " + nameOf(handle) + " " + position + " " + source.remaining());
        int wanted = source.remaining();
        int limit = source.limit();
        int bytes = last ? random.nextInt(wanted + 1) : wanted;
        bytes = (int) Math.min(bytes, bytesUntilWriteFails);
        bytes = (int) Math.min(bytes, roomFor(handle.file, position));
        source.limit(source.position() + bytes);
        handle.file.write(source, position, changes);
        source.limit(limit);
        if (last) {
            die();
        }
        if (bytes < wanted) {
            throw bytes == bytesUntilWriteFails
                    ? failure()
                    : new DiskFullException("simulated: No space left on device", null);
        }
        bytesUntilWriteFails -= bytesUntilWriteFails == Long.MAX_VALUE ? 0 : bytes;
    }

    /** How far a file may be written from {@code position} on: what it has already, and what the disk has left. */
    private long roomFor(SimulatedFile file, long position) {
        if (bytesMax == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        return Math.max(0, file.size() - position) + Math.max(0, bytesMax - usedBytes());
    }

    private synchronized void force(Handle handle) throws IOException {
        handle.requireUsable();
        onChange("force " + nameOf(handle));
        forces++;
        if (forceFails()) {
            handle.file.failForce();
            throw failure();
        }
        if (!forceSkipped) {
            handle.file.force();
        }
    }

    private synchronized void truncate(Handle handle, long size) {
        handle.requireUsable();
        onChange("truncate " + nameOf(handle) + " " + size);
        handle.file.truncate(size, changes);
    }

    /** An open file of one life of the process. */
    private final class Handle implements StorageFile {
        private final String name;
        private final SimulatedFile file;
        private final int openedBy;
        private boolean closed;

        Handle(String name, SimulatedFile file, int openedBy) {
            this.name = name;
            this.file = file;
            this.openedBy = openedBy;
            openHandles++;
        }

        private void requireUsable() {
            requireAlive();
            if (openedBy != process) {
                throw new SimulatedCrash();
            }
            if (closed) {
                throw new IllegalStateException(name + " is closed");
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            SimulatedStorage.this.write(this, source, position);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (SimulatedStorage.this) {
                requireUsable();
                if (file.isUnreadable(position, target.remaining())) {
                    throw failure();
                }
                int bytes = file.read(target, position);
                bytesRead += bytes;
                reads++;
                return bytes;
            }
        }

        @Override
        public void force() throws IOException {
            SimulatedStorage.this.force(this);
        }

        @Override
        public long size() {
            synchronized (SimulatedStorage.this) {
                requireUsable();
                return file.size();
            }
        }

        @Override
        public void truncate(long size) {
            SimulatedStorage.this.truncate(this, size);
        }

        @Override
        public void close() {
            synchronized (SimulatedStorage.this) {
                if (!closed && openedBy == process) {
                    openHandles--;
                }
                closed = true;
            }
        }
    }
}
