package io.blipmq.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads records back by position: from the {@link Tail} while they are there, then from their segment. Owned by the core
 * thread, which has files of its own.
 */
final class Readback {
    /** Open files; a sequential reader needs one, and a few are read at a time. */
    private static final int FILES_MAX = 16;

    private final Storage storage;
    private final Tail tail;
    private final SegmentCatalog catalog;
    private final LinkedHashMap<Integer, StorageFile> files = new LinkedHashMap<>(16, 0.75f, true);

    Readback(Storage storage, Tail tail, SegmentCatalog catalog) {
        this.storage = storage;
        this.tail = tail;
        this.catalog = catalog;
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
        int limit = target.limit();
        try {
            StorageFile file = file(Position.ordinal(position));
            if (file == null) {
                return false;
            }
            target.limit(target.position() + length);
            return file.read(target, Position.offset(position)) == length;
        } catch (IOException e) {
            throw new StorageFailedException(
                    "reading the log back from segment " + catalog.name(Position.ordinal(position)) + " failed", e);
        } finally {
            target.limit(limit);
        }
    }

    private StorageFile file(int ordinal) throws IOException {
        StorageFile file = files.get(ordinal);
        if (file == null) {
            String name = catalog.name(ordinal);
            if (name == null) {
                return null;
            }
            file = storage.open(name);
            files.put(ordinal, file);
            closeEldest();
        }
        return file;
    }

    private void closeEldest() throws IOException {
        if (files.size() > FILES_MAX) {
            Map.Entry<Integer, StorageFile> eldest = files.entrySet().iterator().next();
            files.remove(eldest.getKey());
            eldest.getValue().close();
        }
    }

    void close() throws IOException {
        for (StorageFile file : files.values()) {
            file.close();
        }
        files.clear();
    }
}
