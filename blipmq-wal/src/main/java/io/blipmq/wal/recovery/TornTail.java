package io.blipmq.wal.recovery;

import io.blipmq.wal.DiskFullException;
import io.blipmq.wal.WalLimits;
import io.blipmq.wal.segment.SegmentReader;
import io.blipmq.wal.storage.FileCopy;
import io.blipmq.wal.storage.SegmentNames;
import io.blipmq.wal.storage.Storage;
import io.blipmq.wal.storage.StorageFile;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the bytes of a torn tail in a file of their own, before they are cut off. Stateless. */
final class TornTail {
    private static final Logger logger = LoggerFactory.getLogger(TornTail.class);

    /**
     * A tail is as long as a segment at most.
     *
     * @return the name of the file, empty when the disk has no room for it
     */
    static String setAside(Storage storage, SegmentReader reader, TailSurvey survey, WalLimits limits)
            throws IOException {
        String name = SegmentNames.torn(reader.header().name(), survey.validEnd());
        String temporary = SegmentNames.temporary(name);
        try (StorageFile file = storage.create(temporary)) {
            FileCopy.copy(reader.file(), survey.validEnd(), survey.tornEnd(), file, 0, limits);
            file.force();
        } catch (DiskFullException e) {
            storage.delete(temporary);
            logger.warn(
                    "no room to set the torn end of {} aside: {}",
                    reader.header().name(),
                    e.getMessage());
            return "";
        }
        storage.rename(temporary, name);
        storage.syncDirectory();
        return name;
    }

    private TornTail() {}
}
