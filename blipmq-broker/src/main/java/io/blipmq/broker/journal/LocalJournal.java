package io.blipmq.broker.journal;

import io.blipmq.wal.CheckpointHandler;
import io.blipmq.wal.LogContent;
import io.blipmq.wal.RecordHandler;
import io.blipmq.wal.RecordKey;
import io.blipmq.wal.Wal;
import java.nio.ByteBuffer;

/** The journal kept in this machine's write-ahead log. Stateless: its parts are what has state. */
public final class LocalJournal {
    private LocalJournal() {}

    /** What messages are listed under in the segments' index files, for {@link #find}. */
    public static RecordKey recordKey() {
        return CommandCodec::locateKey;
    }

    /** Gives the checkpoint of a log that is being opened to {@code replay}. */
    public static CheckpointHandler restoreTo(CommandHandler replay) {
        return new CheckpointHandler() {
            @Override
            public void onCheckpoint(long sequence, ByteBuffer content) {
                replay.onCheckpoint(content);
            }

            @Override
            public void onLost(long firstSequence, long lastSequence) {
                replay.onLost(firstSequence, lastSequence);
            }
        };
    }

    /** What can be read of a log. */
    public static LogContent content() {
        return new JournalContent();
    }

    /** Hands every command of a log that is being opened to {@code replay}. */
    public static RecordHandler replayTo(CommandHandler replay) {
        CommandDecoder decoder = new CommandDecoder();
        return (sequence, type, buffer, offset, length, position) ->
                decoder.decode(sequence, type, buffer, offset, length, position, replay);
    }

    /** The journal of a log that has been opened and replayed. */
    public static Journal over(Wal wal) {
        LocalMessages messages = new LocalMessages(wal.appender(), wal.keyIndex());
        LocalLog log = new LocalLog(wal.appender(), messages);
        return new Journal(log, messages, new LocalSnapshots(wal, log));
    }
}
