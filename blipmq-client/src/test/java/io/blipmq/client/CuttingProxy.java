package io.blipmq.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Thread-safe: stands between a client and a broker and cuts the connection where it is told to, to the byte, or at once.
 * Closing it cuts all there are.
 */
public final class CuttingProxy implements AutoCloseable {
    private static final long NEVER = Long.MAX_VALUE;

    private final ServerSocket listener;
    private final Set<Socket> sockets = new HashSet<>();
    /** Of connections that bring nothing any more and are never ended. */
    private final Set<Socket> silent = ConcurrentHashMap.newKeySet();

    private final AtomicLong upBytesLeft = new AtomicLong(NEVER);
    private final AtomicLong downBytesLeft = new AtomicLong(NEVER);
    private final AtomicLong cuts = new AtomicLong();
    private volatile BlipAddress target;
    private volatile boolean closed;

    public CuttingProxy(BlipAddress target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        run("proxy-accept", this::accept);
    }

    public BlipAddress address() {
        return new BlipAddress("127.0.0.1", listener.getLocalPort());
    }

    /** Where connections go from now on. */
    public void target(BlipAddress other) {
        target = other;
    }

    /** Cuts the connection once so many more bytes have gone from the client to the broker. */
    public void cutAfterUp(long bytes) {
        upBytesLeft.set(bytes);
    }

    /** Likewise from the broker to the client. */
    public void cutAfterDown(long bytes) {
        downBytesLeft.set(bytes);
    }

    /** How often it has cut connections where it was told to. */
    public long cuts() {
        return cuts.get();
    }

    /** Cuts all connections there are. */
    public void cutAll() {
        synchronized (sockets) {
            sockets.forEach(CuttingProxy::closeQuietly);
            sockets.clear();
        }
    }

    /** Brings nothing any more on the connections there are, and ends none of them: as if the network between had gone. */
    public void silenceAll() {
        synchronized (sockets) {
            silent.addAll(sockets);
        }
    }

    private void accept() throws IOException {
        while (!closed) {
            Socket client = listener.accept();
            Socket broker = new Socket();
            keep(client);
            keep(broker);
            try {
                broker.connect(new InetSocketAddress(target.host(), target.port()));
            } catch (IOException e) {
                closeQuietly(client);
                continue;
            }
            client.setTcpNoDelay(true);
            broker.setTcpNoDelay(true);
            run("proxy-up", () -> copy(client, broker, upBytesLeft));
            run("proxy-down", () -> copy(broker, client, downBytesLeft));
        }
    }

    private void copy(Socket from, Socket to, AtomicLong bytesLeft) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                if (silent.contains(from)) {
                    continue;
                }
                int allowed = allowed(bytesLeft, count);
                output.write(buffer, 0, allowed);
                if (allowed < count || bytesLeft.get() == 0) {
                    bytesLeft.set(NEVER);
                    cuts.incrementAndGet();
                    return;
                }
            }
        } finally {
            if (!silent.contains(from)) {
                closeQuietly(from);
                closeQuietly(to);
            }
        }
    }

    private static int allowed(AtomicLong bytesLeft, int count) {
        if (bytesLeft.get() == NEVER) {
            return count;
        }
        long before = bytesLeft.getAndUpdate(left -> left == NEVER ? NEVER : Math.max(0, left - count));
        return (int) Math.min(before, count);
    }

    private void keep(Socket socket) {
        synchronized (sockets) {
            sockets.removeIf(Socket::isClosed);
            sockets.add(socket);
        }
        if (closed) {
            closeQuietly(socket);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // cut, or closed by one of the two
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        cutAll();
    }
}
