package io.blipmq.protocol.v2;

import io.blipmq.protocol.FrameLayout;
import java.nio.ByteBuffer;

/**
 * Where the fields of the frames stand with which an operator looks and acts. Stateless. Offsets count from the payload's
 * first byte; each accessor expects a payload that its type's {@code isXxx} method accepted.
 *
 * <pre>
 * LIST          u8 kind, u16 limit, u64 subscription, u64 after, u16 name length, name
 * LISTING       u8 kind, u64 next, items to the end: u32 length, item, see {@link ListItems}
 * DEAD_LETTERS  u8 action, u64 subscription, u32 count, u64 tag, u64 after, u64 through, u64 origin, u64 target
 * CANCEL        u64 number of a scheduled message
 * DONE          u64 count; of DEAD_LETTERS also u64 next, u64 through, u64 gone, u64 full
 * </pre>
 */
public final class ListLayout {
    /** Kinds of lists. */
    public static final int TOPICS = 1;

    public static final int SUBSCRIPTIONS = 2;
    public static final int DELIVERIES = 3;
    public static final int DEAD_LETTERS = 4;
    /** Of the key, to be delivered later. */
    public static final int SCHEDULED = 5;
    /** Of a durable subscription. */
    public static final int MESSAGES = 6;

    public static final int LIST_LIMIT_OFFSET = 1;
    public static final int LIST_SUBSCRIPTION_OFFSET = 3;
    public static final int LIST_AFTER_OFFSET = 11;
    public static final int LIST_NAME_LENGTH_OFFSET = 19;
    public static final int LIST_NAME_OFFSET = 21;

    public static final int LISTING_NEXT_OFFSET = 1;
    public static final int LISTING_ITEMS_OFFSET = 9;
    public static final int ITEM_LENGTH_BYTES = 4;

    /** Actions on dead letters. */
    public static final int REDRIVE = 1;

    public static final int PURGE = 2;

    public static final int DEAD_LETTERS_SUBSCRIPTION_OFFSET = 1;
    public static final int DEAD_LETTERS_COUNT_OFFSET = 9;
    public static final int DEAD_LETTERS_TAG_OFFSET = 13;
    public static final int DEAD_LETTERS_BYTES = 53;

    public static final int CANCEL_BYTES = 8;

    /** DONE of a DRAIN and of a CANCEL. */
    public static final int DONE_BYTES = 8;

    /** DONE of a DEAD_LETTERS. */
    public static final int LETTERS_DONE_BYTES = 40;

    private ListLayout() {}

    public static boolean isList(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        int end = payloadOffset + payloadLength;
        return Wire.validTextEnd(buffer, payloadOffset + LIST_NAME_LENGTH_OFFSET, end) == end;
    }

    /** The first field of LIST and LISTING. */
    public static int kind(ByteBuffer buffer, int payloadOffset) {
        return Wire.u8(buffer, payloadOffset);
    }

    public static int listLimit(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + LIST_LIMIT_OFFSET);
    }

    public static long listSubscriptionId(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset + LIST_SUBSCRIPTION_OFFSET);
    }

    public static long listAfter(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset + LIST_AFTER_OFFSET);
    }

    public static int listNameLength(ByteBuffer buffer, int payloadOffset) {
        return Wire.u16(buffer, payloadOffset + LIST_NAME_LENGTH_OFFSET);
    }

    /** Whether items fill the payload. */
    public static boolean isListing(ByteBuffer buffer, int payloadOffset, int payloadLength) {
        if (payloadLength < LISTING_ITEMS_OFFSET) {
            return false;
        }
        int end = payloadOffset + payloadLength;
        int at = payloadOffset + LISTING_ITEMS_OFFSET;
        while (at < end) {
            int left = end - at - ITEM_LENGTH_BYTES;
            if (left < 0 || itemLength(buffer, at) < 0 || itemLength(buffer, at) > left) {
                return false;
            }
            at += ITEM_LENGTH_BYTES + itemLength(buffer, at);
        }
        return true;
    }

    /** Whether there are such lists. */
    public static boolean isKind(int kind) {
        return kind >= TOPICS && kind <= SCHEDULED || kind == MESSAGES;
    }

    public static long listingNext(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset + LISTING_NEXT_OFFSET);
    }

    /** Bytes of the item whose length stands at an offset. */
    public static int itemLength(ByteBuffer buffer, int offset) {
        return buffer.getInt(offset);
    }

    public static boolean isDeadLetters(int payloadLength) {
        return payloadLength == DEAD_LETTERS_BYTES;
    }

    public static int deadLettersAction(ByteBuffer buffer, int payloadOffset) {
        return Wire.u8(buffer, payloadOffset);
    }

    public static long deadLettersSubscriptionId(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset + DEAD_LETTERS_SUBSCRIPTION_OFFSET);
    }

    public static long deadLettersCount(ByteBuffer buffer, int payloadOffset) {
        return Wire.u32(buffer, payloadOffset + DEAD_LETTERS_COUNT_OFFSET);
    }

    public static boolean isCancel(int payloadLength) {
        return payloadLength == CANCEL_BYTES;
    }

    public static long cancelNumber(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset);
    }

    public static boolean isDone(int payloadLength) {
        return payloadLength == DONE_BYTES;
    }

    public static long doneCount(ByteBuffer buffer, int payloadOffset) {
        return buffer.getLong(payloadOffset);
    }

    /** Bytes of a whole LIST frame; likewise below. */
    public static int listFrameBytes(int nameLength) {
        return FrameLayout.HEADER_BYTES + LIST_NAME_OFFSET + nameLength;
    }

    public static int deadLettersFrameBytes() {
        return FrameLayout.HEADER_BYTES + DEAD_LETTERS_BYTES;
    }

    public static int cancelFrameBytes() {
        return FrameLayout.HEADER_BYTES + CANCEL_BYTES;
    }

    public static int doneFrameBytes() {
        return FrameLayout.HEADER_BYTES + DONE_BYTES;
    }

    public static int lettersDoneFrameBytes() {
        return FrameLayout.HEADER_BYTES + LETTERS_DONE_BYTES;
    }
}
