package io.blipmq.wal.storage;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the log's files.
 *
 * <pre>
 * 0000000000000001-00000001.segment   first sequence number and epoch, in hex
 * 0000000000000001-00000001.index     the index of that segment, once it is closed
 * 0000000000000001-40000000.compacted what is left of several segments: first sequence number and ordinal, in hex
 * 0000000000000001-40000000.compacted-index
 * checkpoint                          what all records up to a number come to, and which segments still count
 * ballast                             room on disk that is let go of for a checkpoint when the disk is full
 * next-00000001.prepared              room claimed for a segment: zeros, forced
 * torn-SEGMENT-OFFSET.bin             bytes of a torn tail, set aside
 * *.aside, *.aside-2 …                a file as it was before a salvage or a repair; never read and never deleted
 * *.tmp                               unfinished; deleted at the next start
 * lock                                the process id of the daemon that holds the log
 * </pre>
 *
 * The epoch is part of the name because an epoch may begin at a number at which an earlier one has a segment, too.
 */
public final class SegmentNames {
    public static final String LOCK = "lock";
    public static final String CHECKPOINT = "checkpoint";
    public static final String BALLAST = "ballast";
    private static final Pattern COMPACTED = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{8}\\.compacted");
    private static final Pattern SEGMENT = Pattern.compile("[0-9a-f]{16}-[0-9a-f]{8}\\.segment");
    private static final Pattern PREPARED = Pattern.compile("next-[0-9a-f]{8}\\.prepared");
    private static final Pattern TORN = Pattern.compile("torn-[0-9a-f]{16}-[0-9a-f]{8}-[0-9]+\\.bin");
    private static final Pattern ASIDE = Pattern.compile("(.+)\\.aside(-[0-9]+)?");
    private static final String TEMPORARY_END = ".tmp";
    /** What stands in the root of a file system that is made for the log. */
    private static final String FILE_SYSTEM_ROOT_ENTRY = "lost+found";

    public static String segment(long first, int epoch) {
        return "%016x-%08x.segment".formatted(first, epoch);
    }

    public static String compacted(long first, int ordinal) {
        return "%016x-%08x.compacted".formatted(first, ordinal);
    }

    public static String index(String segment) {
        return isCompacted(segment) ? segment + "-index" : segment.replace(".segment", ".index");
    }

    public static String prepared(int number) {
        return "next-%08x.prepared".formatted(number);
    }

    /** A number that none of these prepared files has. */
    public static int nextPreparedNumber(List<String> names) {
        return names.stream()
                .mapToInt(name -> Integer.parseUnsignedInt(name.substring("next-".length(), name.indexOf('.')), 16) + 1)
                .max()
                .orElse(1);
    }

    public static String torn(String segment, long offset) {
        return "torn-" + segment.replace(".segment", "") + "-" + offset + ".bin";
    }

    public static String temporary(String name) {
        return name + TEMPORARY_END;
    }

    /** A free name under which a file is kept. */
    public static String aside(String name, Collection<String> taken) {
        String aside = name + ".aside";
        for (int number = 2; taken.contains(aside); number++) {
            aside = name + ".aside-" + number;
        }
        return aside;
    }

    public static boolean isTorn(String name) {
        return TORN.matcher(name).matches();
    }

    public static boolean isAside(String name) {
        Matcher matcher = ASIDE.matcher(name);
        return matcher.matches() && isWhole(matcher.group(1));
    }

    /** The first sequence number in the name of a segment. */
    public static long first(String segment) {
        return Long.parseUnsignedLong(segment.substring(0, 16), 16);
    }

    /** The epoch in the name of a segment of the log, the ordinal in that of a compacted one. */
    public static int epochOrOrdinal(String segment) {
        return Integer.parseUnsignedInt(segment.substring(17, 25), 16);
    }

    public static boolean isSegment(String name) {
        return SEGMENT.matcher(name).matches();
    }

    public static boolean isCompacted(String name) {
        return COMPACTED.matcher(name).matches();
    }

    public static boolean isIndex(String name) {
        return name.endsWith(".index") && isSegment(name.replace(".index", ".segment"))
                || name.endsWith("-index") && isCompacted(name.substring(0, name.length() - "-index".length()));
    }

    public static boolean isPrepared(String name) {
        return PREPARED.matcher(name).matches();
    }

    public static boolean isTemporary(String name) {
        String base = name.endsWith(TEMPORARY_END) ? name.substring(0, name.length() - TEMPORARY_END.length()) : "";
        return isWhole(base) || isAside(base);
    }

    /** Whether a log makes files of this name; a file of another name is somebody else's. */
    static boolean isOwn(String name) {
        return name.equals(LOCK) || isWhole(name) || isTemporary(name) || isAside(name);
    }

    /** Of a directory's names those of somebody else, sorted; none beside a log, which has a segment. */
    public static List<String> foreign(List<String> names) {
        return names.stream().anyMatch(SegmentNames::isSegment)
                ? List.of()
                : names.stream()
                        .filter(name -> !isOwn(name) && !name.equals(FILE_SYSTEM_ROOT_ENTRY))
                        .sorted()
                        .toList();
    }

    private static boolean isWhole(String name) {
        return isSegment(name)
                || isCompacted(name)
                || isIndex(name)
                || isPrepared(name)
                || name.equals(CHECKPOINT)
                || name.equals(BALLAST)
                || isTorn(name);
    }

    private SegmentNames() {}
}
