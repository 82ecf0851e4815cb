package io.blipmq.broker;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * Items in no order, each in one bag at most. Owned by the core thread. An item knows its place, and the last one takes the
 * place of one that goes: a connection may leave many thousand subscriptions of one topic at once, each of them by one step.
 */
final class Bag<T extends Bag.Item> implements Iterable<T> {
    private static final int NOWHERE = -1;

    private Item[] items = new Item[1];
    private int size;

    /** What can be put in a bag. */
    abstract static class Item {
        private int place = NOWHERE;
    }

    void add(T added) {
        Item item = added;
        assert item.place == NOWHERE : "it is in a bag already";
        if (size == items.length) {
            items = Arrays.copyOf(items, 2 * size);
        }
        put(item, size++);
    }

    /** Takes an item out that is in this bag. */
    void remove(T removed) {
        Item item = removed;
        assert items[item.place] == item : "it is in no bag, or in another one";
        put(items[--size], item.place);
        items[size] = null;
        item.place = NOWHERE;
        shrink();
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The bag must not change meanwhile. */
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
                return (T) items[next++];
            }
        };
    }

    private void put(Item item, int place) {
        items[place] = item;
        item.place = place;
    }

    /** Gives back what a crowd took that has gone. */
    private void shrink() {
        if (size < items.length / 4) {
            items = Arrays.copyOf(items, items.length / 2);
        }
    }
}
