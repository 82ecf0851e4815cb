package io.blipmq.broker.memory;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Items in no order, each in one list at most. Owned by the core thread. An item knows its place, and the last one takes the
 * place of one that goes: a connection may leave many thousand subscriptions of one topic at once, each of them by one step.
 */
public final class SwapRemoveList<T extends SwapRemoveList.Item> implements Iterable<T> {
    private static final int NOWHERE = -1;
    private static final Item[] NONE = {};

    /** Its place is 0. Most lists hold no other, and need no array. */
    private Item first;
    /** From place 1 on. */
    private Item[] others = NONE;

    private int size;

    /** What can be put in a list. */
    public abstract static class Item {
        private int place = NOWHERE;
    }

    public void add(T added) {
        Item item = added;
        assert item.place == NOWHERE : "it is in a list already";
        if (size > others.length) {
            others = Arrays.copyOf(others, 2 * size);
        }
        put(item, size++);
    }

    /** Takes an item out that is in this list. */
    public void remove(T removed) {
        Item item = removed;
        assert at(item.place) == item : "it is in no list, or in another one";
        put(at(--size), item.place);
        vacate(size);
        item.place = NOWHERE;
        shrink();
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The list must not change meanwhile. */
    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size;
            }

            @Override
            @SuppressWarnings("unchecked") // only a T is ever added
            public T next() {
                if (next >= size) {
                    throw new NoSuchElementException();
                }
                return (T) at(next++);
            }
        };
    }

    private Item at(int place) {
        return place == 0 ? first : others[place - 1];
    }

    private void put(Item item, int place) {
        if (place == 0) {
            first = item;
        } else {
            others[place - 1] = item;
        }
        item.place = place;
    }

    private void vacate(int place) {
        if (place == 0) {
            first = null;
        } else {
            others[place - 1] = null;
        }
    }

    /** Gives back what a crowd took that has gone. */
    private void shrink() {
        if (size < others.length / 4) {
            others = Arrays.copyOf(others, others.length / 2);
        }
    }
}
