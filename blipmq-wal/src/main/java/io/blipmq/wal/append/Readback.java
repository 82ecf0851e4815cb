package io.blipmq.wal.append;

import io.blipmq.wal.StorageFailedException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.Position;
import io.blipmq.wal.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads records back by position: from the {@link TailCache} while they are there, then from their segment. Owned by the core
 * thread, which has files of its own.
 */
public final class Readback {
    private final Storage storage;
    private final TailCache tail;
    private final SegmentCatalog catalog;
    private final WalLimits limits;
    private final int filesMax;
    private final LinkedHashMap<Integer, ReadbackFile> files = new LinkedHashMap<>(16, 0.75f, true);

    /** Of the catalog, when the open files were last held against it. */
    private int removals;

    public Readback(Storage storage, TailCache tail, SegmentCatalog catalog, WalLimits limits) {
        this.storage = storage;
        this.tail = tail;
        this.catalog = catalog;
        this.limits = limits;
        this.filesMax = limits.readbackFilesMax(tail.bytesMax());
    }

    boolean read(long position, int length, ByteBuffer target) {
        Chunk chunk = tail.find(position, length);
        if (chunk == null) {
            return readFile(position, length, target);
        }
        target.put(target.position(), chunk.coreView, (int) (position - chunk.position()), length);
        target.position(target.position() + length);
        return true;
    }

    private boolean readFile(long position, int length, ByteBuffer target) {
        int ordinal = Position.ordinal(position);
        try {
            ReadbackFile file = file(ordinal);
            if (file == null) {
                return false;
            }
            return file.read(Position.offset(position), length, target);
        } catch (IOException e) {
            throw new StorageFailedException(
                    "reading the log back from segment " + catalog.name(ordinal) + " failed: " + e.getMessage(), e);
        }
    }

    /** Lets go of deleted segments, which hold room on disk while they are open. Called every turn. */
    void closeStale() {
        if (catalog.removals() == removals) {
            return;
        }
        removals = catalog.removals();
        try {
            for (Iterator<Map.Entry<Integer, ReadbackFile>> open =
                            files.entrySet().iterator();
                    open.hasNext(); ) {
                Map.Entry<Integer, ReadbackFile> file = open.next();
                if (catalog.name(file.getKey()) == null) {
                    file.getValue().close();
                    open.remove();
                }
            }
        } catch (IOException e) {
            throw new StorageFailedException("closing a segment of the log failed", e);
        }
    }

    private ReadbackFile file(int ordinal) throws IOException {
        ReadbackFile file = files.get(ordinal);
        if (file == null) {
            String name = catalog.name(ordinal);
            if (name == null) {
                return null;
            }
            file = open(ordinal, name);
            if (file == null) {
                return null;
            }
            files.put(ordinal, file);
            closeEldest();
        }
        return file;
    }

    /** Null when the segment was deleted after the catalog was asked. */
    private ReadbackFile open(int ordinal, String name) throws IOException {
        try {
            return ReadbackFile.open(storage, name, limits);
        } catch (IOException e) {
            if (catalog.name(ordinal) == null) {
                return null;
            }
            throw e;
        }
    }

    private void closeEldest() throws IOException {
        if (files.size() > filesMax) {
            Map.Entry<Integer, ReadbackFile> eldest =
                    files.entrySet().iterator().next();
            files.remove(eldest.getKey());
            eldest.getValue().close();
        }
    }

    public void close() throws IOException {
        for (ReadbackFile file : files.values()) {
            file.close();
        }
        files.clear();
    }
}
