package io.blipmq.wal.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** A few calls of a {@link Storage}, and what has to be on the disk when the machine then loses power. Immutable. */
public enum DurabilityScript {
    FORCED_BYTES(Map.of("a", "forced")) {
        @Override
        void run(Storage storage) throws IOException {
            try (StorageFile file = storage.create("a")) {
                storage.syncDirectory();
                file.write(bytes("forced"), 0);
                file.force();
                file.write(bytes("pending"), 2);
            }
        }
    },

    /** Long enough that a system may take it in parts. */
    A_LONG_WRITE(Map.of("a", "long ".repeat(4_000))) {
        @Override
        void run(Storage storage) throws IOException {
            try (StorageFile file = storage.create("a")) {
                storage.syncDirectory();
                file.write(bytes("long ".repeat(4_000)), 0);
                file.force();
            }
        }
    },

    A_TRUNCATED_FILE(Map.of("a", "shor")) {
        @Override
        void run(Storage storage) throws IOException {
            try (StorageFile file = storage.create("a")) {
                file.write(bytes("shortened"), 0);
                file.force();
                storage.syncDirectory();
                file.truncate(4);
                file.force();
            }
        }
    },

    A_NEW_NAME(Map.of("segment", "header")) {
        @Override
        void run(Storage storage) throws IOException {
            write(storage, "temporary", "header");
            storage.rename("temporary", "segment");
            storage.syncDirectory();
        }
    },

    A_REPLACED_FILE(Map.of("checkpoint", "second")) {
        @Override
        void run(Storage storage) throws IOException {
            for (String content : new String[] {"first.", "second"}) {
                write(storage, "temporary", content);
                storage.rename("temporary", "checkpoint");
                storage.syncDirectory();
            }
        }
    },

    A_DELETED_FILE(Map.of("b", "stays")) {
        @Override
        void run(Storage storage) throws IOException {
            for (String name : new String[] {"a", "b"}) {
                write(storage, name, "stays");
            }
            storage.syncDirectory();
            storage.delete("a");
            storage.syncDirectory();
        }
    },

    /** A file that is kept is on disk without another call. */
    A_KEPT_FILE(Map.of("segment", "damaged", "segment.aside", "damaged")) {
        @Override
        void run(Storage storage) throws IOException {
            write(storage, "segment", "damaged");
            storage.syncDirectory();
            storage.keep("segment", "segment.aside");
        }
    },

    A_MENDED_FILE(Map.of("segment", "mended", "segment.aside", "damaged")) {
        @Override
        void run(Storage storage) throws IOException {
            A_KEPT_FILE.run(storage);
            write(storage, "temporary", "mended");
            storage.rename("temporary", "segment");
            storage.syncDirectory();
        }
    };

    private final Map<String, String> onDisk;

    DurabilityScript(Map<String, String> onDisk) {
        this.onDisk = onDisk;
    }

    abstract void run(Storage storage) throws IOException;

    /** The names and contents after a power loss that took all that was pending. */
    public Map<String, String> onDisk() {
        return onDisk;
    }

    /** The names and contents of a disk, as {@link #onDisk} tells them. */
    public static Map<String, String> contents(SimulatedStorage disk) {
        Map<String, String> contents = new TreeMap<>();
        for (String name : disk.list()) {
            contents.put(name, new String(disk.content(name), StandardCharsets.UTF_8));
        }
        return contents;
    }

    private static void write(Storage storage, String name, String content) throws IOException {
        try (StorageFile file = storage.create(name)) {
            file.write(bytes(content), 0);
            file.force();
        }
    }

    private static ByteBuffer bytes(String text) {
        return StorageContract.bytes(text);
    }
}
