package io.blipmq.net.blip2;

import io.blipmq.broker.ListPage;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.v2.AttachLayout;
import io.blipmq.protocol.v2.ListLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.nio.ByteBuffer;

/**
 * LIST: shows a page of what the client's key has. It waits where it stands, and the requests behind it, until every
 * earlier one is answered, so that it shows what they have brought about. Stateless.
 */
final class ListHandler {
    private ListHandler() {}

    static boolean onFrame(
            Blip2Session session, long correlationId, ByteBuffer buffer, int payload, int payloadLength) {
        Blip2Answers answers = session.answers();
        answers.sendDue();
        if (!answers.isNextInOrder()) {
            return false;
        }
        Refusal refusal = refusal(buffer, payload, payloadLength);
        if (refusal == null && ListLayout.kind(buffer, payload) == ListLayout.SCHEDULED) {
            return new ListingWriter(session, correlationId)
                    .writeScheduled(ListLayout.listSubscriptionId(buffer, payload), page(buffer, payload));
        }
        if (refusal == null) {
            refusal = new ListingWriter(session, correlationId)
                    .write(
                            ListLayout.kind(buffer, payload),
                            ListLayout.listSubscriptionId(buffer, payload),
                            name(buffer, payload),
                            page(buffer, payload));
        }
        if (refusal != null) {
            answers.nack(correlationId, refusal);
        }
        return true;
    }

    private static ListPage page(ByteBuffer buffer, int payload) {
        return new ListPage(ListLayout.listAfter(buffer, payload), ListLayout.listLimit(buffer, payload));
    }

    private static byte[] name(ByteBuffer buffer, int payload) {
        byte[] name = new byte[ListLayout.listNameLength(buffer, payload)];
        buffer.get(payload + ListLayout.LIST_NAME_OFFSET, name);
        return name;
    }

    private static Refusal refusal(ByteBuffer buffer, int payload, int payloadLength) {
        if (!ListLayout.isList(buffer, payload, payloadLength)) {
            return V2Nack.INVALID_LIST;
        }
        int kind = ListLayout.kind(buffer, payload);
        if (!ListLayout.isKind(kind)) {
            return V2Nack.UNKNOWN_KIND;
        }
        if (ListLayout.listNameLength(buffer, payload) > AttachLayout.NAME_BYTES_MAX) {
            return V2Nack.NAME_TOO_LONG;
        }
        return ListLayout.listLimit(buffer, payload) == 0 ? V2Nack.LIMIT_ZERO : null;
    }
}
