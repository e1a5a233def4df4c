package io.mptcplb.controlplane.agent;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.ControlCodec;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.Frame;
import io.mptcplb.contract.control.FrameReader;
import io.mptcplb.contract.control.Message;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The dataplane's end of a control socket, which says what a test wants it to say. */
final class ScriptedDataplane implements AutoCloseable {
    private static final long WAIT_SECONDS = 10;

    final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final long epoch;
    private final ServerSocketChannel server;
    private volatile List<Event> snapshot = List.of();
    private volatile Function<Command, ReplyCode> answers = command -> ReplyCode.OK;
    private volatile long generation;
    private volatile boolean silent;
    private @Nullable SocketChannel client;
    private long sent;

    ScriptedDataplane(Path socket, long epoch) throws IOException {
        this.epoch = epoch;
        Files.deleteIfExists(socket);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofPlatform().daemon().name("scripted-dataplane").start(this::serve);
    }

    /** What a snapshot says from now on. */
    ScriptedDataplane snapshot(long ofGeneration, Event... events) {
        generation = ofGeneration;
        snapshot = List.of(events);
        return this;
    }

    ScriptedDataplane answering(Function<Command, ReplyCode> how) {
        answers = how;
        return this;
    }

    /** Commands are read, and nothing is answered. */
    ScriptedDataplane silent() {
        silent = true;
        return this;
    }

    /** The next command of this kind; those before it are passed over. */
    <C extends Command> C await(Class<C> kind) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (true) {
            Command command =
                    commands.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (command == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " came");
            }
            if (kind.isInstance(command)) {
                return kind.cast(command);
            }
        }
    }

    private void serve() {
        try {
            while (true) {
                SocketChannel accepted = server.accept();
                synchronized (this) {
                    client = accepted;
                    sent = 0;
                }
                converse(accepted);
            }
        } catch (IOException e) {
            // Closed by the test.
            return;
        }
    }

    private void converse(SocketChannel channel) {
        FrameReader frames = new FrameReader();
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        try {
            while (channel.read(bytes.clear()) >= 0) {
                frames.append(bytes.flip());
                for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
                    onCommand(frame.sequence(), (Command) frame.message());
                }
            }
        } catch (IOException | CodecException e) {
            // The agent went, or the test let it go.
            return;
        }
    }

    private void onCommand(long request, Command command) throws IOException {
        commands.add(command);
        if (silent) {
            return;
        }
        ReplyCode code = answers.apply(command);
        String text = code == ReplyCode.OK ? "" : "workers.count: as scripted";
        if (command instanceof Command.ApplyConfig apply && code == ReplyCode.OK) {
            generation = apply.config().generation();
        }
        say(new Reply(request, code, text));
        if (command instanceof Command.Drain drain && code == ReplyCode.OK) {
            say(new Event.Draining(drain.virtualServer(), drain.draining()));
        }
        if (command instanceof Command.Resync) {
            say(new Event.SnapshotBegin(generation));
            for (Event event : snapshot) {
                say(event);
            }
            say(new Event.SnapshotEnd());
        }
    }

    /** Says something, numbered as it must be. */
    synchronized void say(Message message) throws IOException {
        SocketChannel channel = client;
        if (channel == null) {
            throw new IOException("nobody listens");
        }
        channel.write(ByteBuffer.wrap(ControlCodec.encode(epoch, ++sent, message)));
    }

    /** A number that no frame will have. */
    synchronized void skipNumber() {
        sent++;
    }

    synchronized void sayBytes(byte[] bytes) throws IOException {
        SocketChannel channel = client;
        if (channel != null) {
            channel.write(ByteBuffer.wrap(bytes));
        }
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        if (client != null) {
            client.close();
        }
    }
}
