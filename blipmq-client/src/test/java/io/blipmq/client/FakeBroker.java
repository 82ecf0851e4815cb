package io.blipmq.client;

import io.blipmq.protocol.FrameLayout;
import io.blipmq.protocol.FrameType;
import io.blipmq.protocol.Refusal;
import io.blipmq.protocol.entry.PropertiesReader;
import io.blipmq.protocol.entry.PropertyLayout;
import io.blipmq.protocol.v2.V2Nack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Thread-safe: a broker in memory that speaks as much of version 2 as a client's tests need, and does on demand what a real
 * one does rarely: refuses, is silent, goes away, forgets connections. Its monitor guards everything.
 */
public final class FakeBroker implements AutoCloseable {
    public static final String KEY = "test-key";

    /** A message as it is kept. */
    static final class Stored {
        final long tag;
        final byte[] entry;
        int attempts;

        Stored(long tag, byte[] entry) {
            this.tag = tag;
            this.entry = entry;
        }
    }

    /** A subscription; durable when it has a name. */
    static final class Sub {
        final long id;
        final String topic;
        final String name;
        final int qos;
        final List<Stored> waiting = new ArrayList<>();
        final Map<Long, Stored> unsettled = new LinkedHashMap<>();
        FakeSession holder;
        boolean refused;
        long credit;
        long creditBytes;
        long unsettledBytesMost;
        int unsettledMost;
        int extensions;
        final List<Long> begun = new ArrayList<>();

        Sub(long id, String topic, String name, int qos) {
            this.id = id;
            this.topic = topic;
            this.name = name;
            this.qos = qos;
        }
    }

    final List<Sub> subs = new ArrayList<>();
    final List<String> frames = new ArrayList<>();
    private final Set<String> publishIds = new HashSet<>();
    private final List<FakeSession> sessions = new ArrayList<>();
    private final ServerSocket listener;
    /** Stopped, it goes on holding its port, and closes whoever comes. */
    private boolean stopped;

    private long lastTag;
    private long lastSubId;
    private Predicate<byte[]> refused = body -> false;
    private Refusal refusal = V2Nack.DISK_FULL;
    private boolean holdsConfirms;
    private int attachesRefused;
    private int groupAttaches;
    private int heartbeatMillis;
    private long lostEvery = Long.MAX_VALUE;

    public FakeBroker() throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(() -> accept(listener), "fake-broker");
        thread.setDaemon(true);
        thread.start();
    }

    public BlipAddress address() {
        return new BlipAddress("127.0.0.1", listener.getLocalPort());
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                Socket socket = from.accept();
                FakeSession session = new FakeSession(this, socket);
                if (!begin(session)) {
                    socket.close();
                    continue;
                }
                Thread thread = new Thread(session, "fake-session");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // stopped
        }
    }

    private synchronized boolean begin(FakeSession session) {
        return !stopped && sessions.add(session);
    }

    /** Refuses messages, by a CONFIRM. */
    public synchronized void refuse(Refusal why, Predicate<byte[]> bodies) {
        refusal = why;
        refused = bodies;
    }

    /** Confirms messages and delivers all but every so-manieth. */
    public synchronized void loseEvery(int messages) {
        lostEvery = messages;
    }

    /** Takes messages, and says nothing about them. */
    public synchronized void holdConfirms(boolean hold) {
        holdsConfirms = hold;
    }

    synchronized boolean holdsConfirms() {
        return holdsConfirms;
    }

    /** Expects from those who connect later a sign of life within this time. */
    synchronized void heartbeat(int millis) {
        heartbeatMillis = millis;
    }

    synchronized int heartbeatMillis() {
        return heartbeatMillis;
    }

    /** Says GOAWAY to everybody. */
    public synchronized void goAway() {
        sessions.forEach(FakeSession::goAway);
    }

    /** Ends a subscription as a takeover does. */
    public synchronized void detach(String name) {
        for (Sub sub : subs) {
            if (sub.name.equals(name) && sub.holder != null) {
                sub.holder.detached(sub);
                sub.holder = null;
            }
        }
    }

    /** Loses every connection and lets nobody in; durable state stays. */
    public void stop() throws IOException {
        List<FakeSession> ended;
        synchronized (this) {
            stopped = true;
            ended = new ArrayList<>(sessions);
        }
        for (FakeSession session : ended) {
            session.close();
        }
        synchronized (this) {
            while (!sessions.isEmpty()) {
                awaitChange();
            }
        }
    }

    public synchronized void start() {
        stopped = false;
    }

    public void restart() throws IOException {
        stop();
        start();
    }

    /** The bodies of what waits in a subscription and is not settled, in order. */
    public synchronized List<String> bodies(String name) {
        List<String> bodies = new ArrayList<>();
        Sub sub = named(name);
        sub.unsettled.values().forEach(message -> bodies.add(FakeSession.text(message)));
        sub.waiting.forEach(message -> bodies.add(FakeSession.text(message)));
        return bodies;
    }

    /** Whether somebody is attached. */
    public synchronized boolean isHeld(String name) {
        return subs.stream().anyMatch(sub -> sub.name.equals(name) && sub.holder != null);
    }

    /** Refuses to attach somebody to it, as if another connection held it. */
    public synchronized void refuseToAttach(String name, boolean refuse) {
        named(name).refused = refuse;
    }

    /** How often attaching was refused. */
    public synchronized int attachesRefused() {
        return attachesRefused;
    }

    /** How often somebody attached as a member of a group. */
    public synchronized int groupAttaches() {
        return groupAttaches;
    }

    void onAttach(boolean group) {
        groupAttaches += group ? 1 : 0;
    }

    void onAttachRefused() {
        attachesRefused++;
        notifyAll();
    }

    /** How often more time was asked for a delivery of it. */
    public synchronized int extensions(String name) {
        return named(name).extensions;
    }

    synchronized Sub named(String name) {
        return subs.stream().filter(sub -> sub.name.equals(name)).findFirst().orElseThrow();
    }

    /** Makes a durable subscription that collects. */
    public synchronized void collect(String topic, String name) {
        subs.add(new Sub(++lastSubId, topic, name, 1));
    }

    synchronized int sessionCount() {
        return sessions.size();
    }

    /** Waits until something is so. */
    public synchronized void await(String what, BooleanSupplier happened) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!happened.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within a minute: " + what);
            }
            awaitChange();
        }
    }

    private void awaitChange() {
        try {
            wait(1_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // --- for its sessions, which hold the monitor ---

    void onFrame(FrameType type, int length) {
        frames.add(type + " " + (length - FrameLayout.LENGTH_MIN));
        notifyAll();
    }

    Refusal refusalOf(byte[] entry) {
        return refused.test(entry) ? refusal : null;
    }

    /** Whether an entry has an id that one to this topic had before. */
    synchronized boolean isDuplicate(String topic, byte[] entry) {
        PropertiesReader properties = new PropertiesReader().ofEntry(ByteBuffer.wrap(entry), 0);
        while (properties.next()) {
            if (properties.key() == PropertyLayout.PUBLISH_ID_KEY) {
                return !publishIds.add(topic + " " + HexFormat.of().formatHex(properties.asBytes()));
            }
        }
        return false;
    }

    /** How many ids it has seen. */
    public synchronized int publishIdCount() {
        return publishIds.size();
    }

    int publish(String topic, int qos, byte[] entry) {
        int reached = 0;
        Stored message = new Stored(++lastTag, entry);
        for (Sub sub : subs) {
            if (sub.topic.equals(topic)) {
                reached++;
                if (sub.qos <= qos && message.tag % lostEvery != 0) {
                    sub.waiting.add(message);
                    push(sub);
                }
            }
        }
        notifyAll();
        return reached;
    }

    void push(Sub sub) {
        notifyAll();
        while (sub.holder != null && sub.credit > 0 && sub.creditBytes > 0 && !sub.waiting.isEmpty()) {
            Stored message = sub.waiting.remove(0);
            message.attempts++;
            sub.credit--;
            sub.creditBytes -= FakeSession.contentBytes(message);
            if (sub.qos == 1) {
                sub.unsettled.put(message.tag, message);
                sub.unsettledMost = Math.max(sub.unsettledMost, sub.unsettled.size());
                sub.unsettledBytesMost = Math.max(
                        sub.unsettledBytesMost,
                        sub.unsettled.values().stream()
                                .mapToLong(FakeSession::contentBytes)
                                .sum());
            }
            sub.holder.deliver(sub, message);
        }
    }

    Sub attach(String topic, String name, int qos) {
        for (Sub sub : subs) {
            if (!name.isEmpty() && sub.name.equals(name)) {
                return sub;
            }
        }
        Sub sub = new Sub(++lastSubId, topic, name, qos);
        subs.add(sub);
        return sub;
    }

    void onEnded(FakeSession session) {
        sessions.remove(session);
        for (Sub sub : List.copyOf(subs)) {
            if (sub.holder == session) {
                release(sub);
            }
        }
        notifyAll();
    }

    void release(Sub sub) {
        sub.holder = null;
        sub.waiting.addAll(sub.unsettled.values());
        sub.unsettled.clear();
        sub.waiting.sort(Comparator.comparingLong(message -> message.tag));
        if (sub.name.isEmpty()) {
            subs.remove(sub);
        }
    }

    @Override
    public void close() throws IOException {
        stop();
        listener.close();
    }
}
