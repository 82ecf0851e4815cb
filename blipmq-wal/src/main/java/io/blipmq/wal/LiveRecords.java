package io.blipmq.wal;

/**
 * Which keyed records up to a checkpoint are still needed. An immutable snapshot, asked by the background thread; a record
 * that it calls dead must never be needed again.
 *
 * <p>Records without a key are dead once a checkpoint covers them.
 */
public interface LiveRecords {
    /** Nothing is dead, so nothing is dropped or compacted: the checkpoint of a shutdown has to be quick. */
    LiveRecords KEEP_ALL = new LiveRecords() {
        @Override
        public long firstLive() {
            return 0;
        }

        @Override
        public LiveRecordsOfKey of(byte[] key) {
            return sequence -> true;
        }
    };

    /** Every keyed record below this number is dead. */
    long firstLive();

    /** The records of one key, or null when all of them are dead. */
    LiveRecordsOfKey of(byte[] key);
}
