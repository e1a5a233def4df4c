package io.mptcplb.operator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** A way to a server that is closed at first: whoever comes is refused by the kernel. */
final class Gate implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final InetSocketAddress server;
    private final ServerSocket door = new ServerSocket();
    private final int port;

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

    private void letIn() {
        while (!door.isClosed()) {
            try {
                Socket guest = door.accept();
                Socket inside = new Socket(server.getAddress(), server.getPort());
                Thread.ofVirtual().start(() -> carry(guest, inside));
                Thread.ofVirtual().start(() -> carry(inside, guest));
            } catch (IOException e) {
                if (!door.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of them has hung up, and so do we.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
