package io.mptcplb.bench.compare;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.ControlCodec;
import io.mptcplb.contract.control.Frame;
import io.mptcplb.contract.control.FrameReader;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.PathSelector;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes policy on a box so many times a second, whatever the acknowledgements do, of which a few
 * may be outstanding: by turns a limit of subflows, and a rule for clients that are not there. All
 * live connections follow each, and none has anything to do.
 */
final class PolicyCommands {
    private static final IpPrefix NOBODY = IpPrefix.parse("203.0.113.128/25");
    private static final long SECOND = 1_000_000_000L;
    private static final long TICK_NANOS = 5_000_000L;
    private static final int OUTSTANDING_MAX = 256;

    private final SocketChannel channel;
    private final FrameReader frames = new FrameReader();
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    private final CompletableFuture<Long> changes = new CompletableFuture<>();
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private long sent;
    private long acknowledged;
    private volatile boolean enough;

    private PolicyCommands(SocketChannel channel) {
        this.channel = channel;
    }

    static PolicyCommands start(Path socket, int perSecond) throws IOException {
        PolicyCommands commands =
                new PolicyCommands(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        Thread.ofPlatform().name("changes").daemon().start(() -> commands.run(perSecond));
        return commands;
    }

    /** Ends it; how many changes were acknowledged. */
    long stop() throws Exception {
        enough = true;
        return changes.get();
    }

    private void run(int perSecond) {
        try (channel) {
            add(new Command.Hello(Command.Hello.VERSION, "churn"));
            flush();
            awaitOutstanding(0);
            long beginNanos = System.nanoTime();
            long count = 0;
            while (!enough) {
                long due = (System.nanoTime() - beginNanos) * perSecond / SECOND;
                for (; count < due; count++) {
                    add(change(count));
                }
                flush();
                awaitOutstanding(OUTSTANDING_MAX);
                LockSupport.parkNanos(TICK_NANOS);
            }
            awaitOutstanding(0);
            changes.complete(count);
        } catch (IOException | CodecException | RuntimeException e) {
            changes.completeExceptionally(e);
        }
    }

    private static Command change(long number) {
        boolean first = number / 2 % 2 == 0;
        if (number % 2 == 0) {
            return new Command.SetSubflowLimit("service", Optional.of(first ? 4 : 3));
        }
        PathSelector nobody =
                new PathSelector(Optional.empty(), Optional.of("p2"), Optional.of(NOBODY));
        return new Command.SetPathPriority(
                nobody, first ? PathPriority.BACKUP : PathPriority.REGULAR);
    }

    private void add(Command command) {
        pending.writeBytes(ControlCodec.encode(0, ++sent, command));
    }

    private void flush() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(pending.toByteArray());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        pending.reset();
    }

    /** Reads acknowledgements until no more than so many are missing. */
    private void awaitOutstanding(int most) throws IOException, CodecException {
        while (sent - acknowledged > most) {
            Frame frame = frames.next();
            if (frame == null) {
                if (channel.read(buffer.clear()) < 0) {
                    throw new EOFException("the box has hung up");
                }
                frames.append(buffer.flip());
            } else if (frame.message() instanceof Reply reply && reply.code() == ReplyCode.OK) {
                acknowledged++;
            } else {
                throw new IOException("refused: " + frame.message());
            }
        }
    }
}
