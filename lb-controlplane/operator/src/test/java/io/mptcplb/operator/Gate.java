package io.mptcplb.operator;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * A way to a server that is closed at first: whoever comes is refused by the kernel. Connections
 * through it can fall silent: they stand, and carry nothing.
 */
final class Gate implements AutoCloseable {
    private static final int BACKLOG = 64;
    private static final int BUFFER_BYTES = 16_384;

    /** How a client offers HTTP/2 in its first message (RFC 7301); who watches does not. */
    private static final String HTTP_2 = "\2h2";

    /** By a client's second message the connection is encrypted, and stands (RFC 8446). */
    private static final int ENCRYPTED = 2;

    private final InetSocketAddress server;
    private final ServerSocket door = new ServerSocket();
    private final int port;
    private final List<Guest> guests = new CopyOnWriteArrayList<>();
    private volatile boolean swallowsWatches;

    /** A connection. */
    private final class Guest {
        private final Socket outside;
        private final Socket inside;
        private volatile boolean isWatch;
        private volatile boolean isSilent;

        Guest(Socket outside, Socket inside) {
            this.outside = outside;
            this.inside = inside;
        }

        void begin() {
            Thread.ofVirtual().start(() -> carry(outside, inside, true));
            Thread.ofVirtual().start(() -> carry(inside, outside, false));
        }

        private void carry(Socket from, Socket to, boolean isRequest) {
            byte[] buffer = new byte[BUFFER_BYTES];
            try (from;
                    to) {
                InputStream input = from.getInputStream();
                OutputStream output = to.getOutputStream();
                int messages = 0;
                for (int bytes = input.read(buffer); bytes >= 0; bytes = input.read(buffer)) {
                    messages++;
                    if (isRequest && messages == 1) {
                        isWatch = !text(buffer, bytes).contains(HTTP_2);
                    }
                    if (!isSilent) {
                        output.write(buffer, 0, bytes);
                    }
                    if (isRequest && messages == ENCRYPTED) {
                        isSilent |= isWatch && swallowsWatches;
                    }
                }
            } catch (IOException e) {
                // One of them has hung up, and so do we.
            }
        }

        private static String text(byte[] buffer, int bytes) {
            return new String(buffer, 0, bytes, StandardCharsets.ISO_8859_1);
        }
    }

    Gate(URI server) throws IOException {
        this.server = new InetSocketAddress(server.getHost(), server.getPort());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        door.setReuseAddress(true);
    }

    /** Where the server appears to be. */
    String url() {
        return "https://127.0.0.1:" + port;
    }

    void open() throws IOException {
        door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        Thread.ofVirtual().start(this::letIn);
    }

    /** Whether watches that come from now on are let in, and never answered. */
    void swallowWatches(boolean swallow) {
        swallowsWatches = swallow;
    }

    /** How many connections have fallen silent. */
    long silent() {
        return guests.stream().filter(guest -> guest.isSilent).count();
    }

    /** Watches that are there fall silent for good; how many. */
    int silenceWatches() {
        return silence(guest -> guest.isWatch);
    }

    /** All connections that are there fall silent for good; how many. */
    int silenceAll() {
        return silence(guest -> true);
    }

    private int silence(Predicate<Guest> who) {
        List<Guest> silenced = new ArrayList<>(guests);
        silenced.removeIf(who.negate());
        silenced.forEach(guest -> guest.isSilent = true);
        return silenced.size();
    }

    private void letIn() {
        while (!door.isClosed()) {
            try {
                Socket outside = door.accept();
                Socket inside = new Socket(server.getAddress(), server.getPort());
                Guest guest = new Guest(outside, inside);
                guests.add(guest);
                guest.begin();
            } catch (IOException e) {
                if (!door.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Guest guest : guests) {
            guest.outside.close();
            guest.inside.close();
        }
    }
}
