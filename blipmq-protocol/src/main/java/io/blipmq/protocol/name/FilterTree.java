package io.blipmq.protocol.name;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Values by filter, kept by the filters' levels, so that all whose filter matches a topic are found in one walk. Owned by its
 * caller. It finds those whose {@link TopicFilter#matches} says yes.
 */
public final class FilterTree<T> {
    private static final ByteBuffer ONE_LEVEL = ByteBuffer.wrap(new byte[] {TopicFilter.ONE_LEVEL});
    private static final ByteBuffer ALL_LEVELS = ByteBuffer.wrap(new byte[] {TopicFilter.ALL_LEVELS});

    private final Node<T> root = new Node<>();
    private int count;

    /** The filters that begin with the same levels. */
    private static final class Node<T> {
        /** By the next level's bytes, {@code +} and {@code #} among them. */
        private final Map<ByteBuffer, Node<T>> children = new HashMap<>(4);
        /** Of the filter that ends here; null when none does. */
        private T value;

        private boolean isEmpty() {
            return value == null && children.isEmpty();
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** How many filters have a value. */
    public int count() {
        return count;
    }

    /** The value of a filter with this text, or null. */
    public T find(byte[] text) {
        Node<T> node = root;
        for (ByteBuffer level : levels(text)) {
            node = node.children.get(level);
            if (node == null) {
                return null;
            }
        }
        return node.value;
    }

    /** Gives a filter its value; it has none. */
    public void add(TopicFilter filter, T value) {
        Node<T> node = root;
        for (ByteBuffer level : levels(filter.text())) {
            node = node.children.computeIfAbsent(level, made -> new Node<>());
        }
        node.value = value;
        count++;
    }

    /** Takes a filter's value away; it has one. */
    public void remove(TopicFilter filter) {
        remove(root, levels(filter.text()), 0);
        count--;
    }

    private static <T> void remove(Node<T> node, List<ByteBuffer> levels, int depth) {
        if (depth == levels.size()) {
            node.value = null;
            return;
        }
        Node<T> child = node.children.get(levels.get(depth));
        remove(child, levels, depth + 1);
        if (child.isEmpty()) {
            node.children.remove(levels.get(depth));
        }
    }

    private static List<ByteBuffer> levels(byte[] text) {
        ByteBuffer whole = ByteBuffer.wrap(text);
        List<ByteBuffer> levels = new ArrayList<>();
        for (int start = 0; start <= text.length; ) {
            int end = TopicFilter.levelEnd(whole, start, text.length);
            levels.add(whole.slice(start, end - start));
            start = end + 1;
        }
        return levels;
    }

    /**
     * Finds the filters that match a topic, in no order.
     *
     * @param name holds its name at an absolute offset
     */
    public void match(ByteBuffer name, int offset, int length, Consumer<T> found) {
        if (TopicFilter.isMatchable(name, offset, length)) {
            boolean hidden = length > 0 && name.get(offset) == Topics.RESERVED_PREFIX;
            match(root, name, offset, offset + length, hidden, found);
        }
    }

    /** @param hidden whether a wildcard does not match the next level */
    private static <T> void match(
            Node<T> node, ByteBuffer name, int start, int end, boolean hidden, Consumer<T> found) {
        Node<T> all = hidden ? null : node.children.get(ALL_LEVELS);
        if (all != null) {
            found.accept(all.value);
        }
        if (start > end) {
            if (node.value != null) {
                found.accept(node.value);
            }
            return;
        }
        int levelEnd = TopicFilter.levelEnd(name, start, end);
        Node<T> one = hidden ? null : node.children.get(ONE_LEVEL);
        if (one != null) {
            match(one, name, levelEnd + 1, end, false, found);
        }
        Node<T> same = node.children.get(name.slice(start, levelEnd - start));
        if (same != null) {
            match(same, name, levelEnd + 1, end, false, found);
        }
    }
}
