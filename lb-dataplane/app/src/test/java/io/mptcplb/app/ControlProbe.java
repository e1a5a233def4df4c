package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.ControlCodec;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.Frame;
import io.mptcplb.contract.control.FrameReader;
import io.mptcplb.contract.control.Message;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** A client of the control socket, which checks the numbers of all frames that it reads. */
final class ControlProbe implements AutoCloseable {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final SocketChannel channel;
    private final Selector selector = Selector.open();
    private final FrameReader frames = new FrameReader();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private final Deque<Message> events = new ArrayDeque<>();
    private long sent;
    private long received;
    private long epoch;

    private ControlProbe(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
    }

    /** Connected, and nothing said. */
    static ControlProbe connect(Path socket) throws IOException {
        return new ControlProbe(socket);
    }

    /** Connected and greeted. */
    static ControlProbe greeted(Path socket) throws IOException {
        ControlProbe probe = connect(socket);
        probe.ok(new Command.Hello(Command.Hello.VERSION, "probe"));
        return probe;
    }

    /** Greeted, and told what is true now. */
    static ControlProbe synced(Path socket) throws IOException {
        ControlProbe probe = greeted(socket);
        probe.snapshot();
        return probe;
    }

    long epoch() {
        return epoch;
    }

    /** Asks for a snapshot; what it says. */
    List<Event> snapshot() throws IOException {
        events.clear();
        ok(new Command.Resync());
        await(Event.SnapshotBegin.class);
        events.clear();
        List<Event> said = new ArrayList<>();
        for (Event event = event(); !(event instanceof Event.SnapshotEnd); event = event()) {
            said.add(event);
        }
        return said;
    }

    void send(Command command) throws IOException {
        write(ControlCodec.encode(0, ++sent, command));
    }

    void write(byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        while (all.hasRemaining()) {
            channel.write(all);
            assertTrue(System.nanoTime() - deadlineNanos < 0, "nobody reads");
        }
    }

    Reply command(Command command) throws IOException {
        send(command);
        Reply reply = reply();
        assertEquals(sent, reply.request(), reply.text());
        return reply;
    }

    void ok(Command command) throws IOException {
        Reply reply = command(command);
        assertEquals(ReplyCode.OK, reply.code(), reply.text());
    }

    /** The next reply; events before it are kept. */
    Reply reply() throws IOException {
        while (true) {
            Message message = read();
            if (message instanceof Reply reply) {
                return reply;
            }
            events.addLast(message);
        }
    }

    Event event() throws IOException {
        Message message = events.isEmpty() ? read() : events.removeFirst();
        if (message instanceof Event event) {
            return event;
        }
        throw new AssertionError(message + " is no event");
    }

    <E extends Event> E await(Class<E> kind) throws IOException {
        return await(kind, event -> true);
    }

    /** The first of this kind that fits, whatever came before it, which is kept. */
    <E extends Event> E await(Class<E> kind, Predicate<E> fits) throws IOException {
        for (Iterator<Message> kept = events.iterator(); kept.hasNext(); ) {
            Message message = kept.next();
            if (kind.isInstance(message) && fits.test(kind.cast(message))) {
                kept.remove();
                return kind.cast(message);
            }
        }
        while (true) {
            Message message = read();
            if (kind.isInstance(message) && fits.test(kind.cast(message))) {
                return kind.cast(message);
            }
            events.addLast(message);
        }
    }

    /** The server hangs up. */
    void awaitEnd() throws IOException {
        try {
            while (true) {
                read();
            }
        } catch (IOException e) {
            // as it should be; a reset where it had not read all that we said
        }
    }

    /** Says no more, and hears the server out, who then has read all that was said. */
    void finish() throws IOException {
        channel.shutdownOutput();
        awaitEnd();
    }

    private Message read() throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
        try {
            while (true) {
                Frame frame = frames.next();
                if (frame != null) {
                    epoch = frame.epoch();
                    assertEquals(++received, frame.sequence(), "a gap");
                    return frame.message();
                }
                assertTrue(System.nanoTime() - deadlineNanos < 0, "nothing is said");
                selector.select(100);
                selector.selectedKeys().clear();
                buffer.clear();
                if (channel.read(buffer) < 0) {
                    throw new EOFException("the server has hung up");
                }
                frames.append(buffer.flip());
            }
        } catch (CodecException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        selector.close();
    }
}
