package io.blipmq.broker;

/**
 * The deliveries of one subscription in flight that one connection was given and has in hand, in the order
 * of delivery. Owned by the core thread. The list is intrusive: giving out and settling are a few pointer writes.
 */
final class InFlight {
    private Delivery first;
    private Delivery last;
    private int size;

    void add(Delivery delivery) {
        assert !delivery.inHand;
        delivery.givenOutBy = this;
        delivery.inHand = true;
        delivery.previousInFlight = last;
        if (last == null) {
            first = delivery;
        } else {
            last.nextInFlight = delivery;
        }
        last = delivery;
        size++;
    }

    void remove(Delivery delivery) {
        assert delivery.givenOutBy == this && delivery.inHand;
        delivery.inHand = false;
        if (delivery.previousInFlight == null) {
            first = delivery.nextInFlight;
        } else {
            delivery.previousInFlight.nextInFlight = delivery.nextInFlight;
        }
        if (delivery.nextInFlight == null) {
            last = delivery.previousInFlight;
        } else {
            delivery.nextInFlight.previousInFlight = delivery.previousInFlight;
        }
        delivery.nextInFlight = null;
        delivery.previousInFlight = null;
        size--;
    }

    /** The one that was given out first, or null. */
    Delivery first() {
        return first;
    }

    int size() {
        return size;
    }
}
