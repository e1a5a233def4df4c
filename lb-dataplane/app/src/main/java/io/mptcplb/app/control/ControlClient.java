package io.mptcplb.app.control;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.control.ControlCodec;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.Frame;
import io.mptcplb.contract.control.FrameReader;
import io.mptcplb.contract.control.Message;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the control socket. Takes one command at a time, and reads no further before it
 * is answered; what it has not taken of events is bounded. Owner: the control thread.
 */
final class ControlClient {
    /** What waits for a client that does not read; then it loses events, and is told. */
    static final int QUEUE_BYTES_MAX = 1 << 20;

    private static final int GATHERED_MAX = 64;

    /** What a client is told. */
    private enum Telling {
        REPLIES,
        SNAPSHOT,
        EVENTS
    }

    private final SocketChannel channel;
    private final long epoch;
    private final long helloDeadlineNanos;
    private final ControlFigures figures;
    private final FrameReader frames = new FrameReader();
    private final Deque<ByteBuffer> queue = new ArrayDeque<>();
    private @Nullable SelectionKey key;
    private Telling telling = Telling.REPLIES;
    private long sequence;
    private long queuedBytes;
    private final Deque<Long> requests = new ArrayDeque<>();
    private @Nullable Frame putBack;
    private boolean greeted;
    private boolean busy;
    private boolean closing;
    private boolean ended;

    ControlClient(
            SocketChannel channel, long epoch, long helloDeadlineNanos, ControlFigures figures) {
        this.channel = channel;
        this.epoch = epoch;
        this.helloDeadlineNanos = helloDeadlineNanos;
        this.figures = figures;
    }

    void key(SelectionKey given) {
        key = given;
    }

    // ---- what it is

    /** Said HELLO in time, or still has some. */
    boolean inTime(long nowNanos) {
        return greeted || nowNanos - helloDeadlineNanos < 0;
    }

    boolean greeted() {
        return greeted;
    }

    void greet() {
        greeted = true;
    }

    /** This frame is to be answered, after those before it. */
    void begin(long frame) {
        requests.addLast(frame);
    }

    /** Something of it is under way: nothing more is taken from it until that is answered. */
    void busy() {
        busy = true;
    }

    boolean subscribed() {
        return telling != Telling.REPLIES;
    }

    boolean inSnapshot() {
        return telling == Telling.SNAPSHOT;
    }

    /** It has room for a step of a snapshot. */
    boolean keepsUp() {
        return queuedBytes < QUEUE_BYTES_MAX / 4;
    }

    void beginSnapshot() {
        telling = Telling.SNAPSHOT;
    }

    void endSnapshot() {
        telling = Telling.EVENTS;
    }

    /** Bytes of a frame whose rest has not come. */
    int halfFrameBytes() {
        return frames.pendingBytes();
    }

    /** Nobody is there any more, or it was dismissed and had its chance to hear why. */
    boolean ended() {
        return ended;
    }

    // ---- in

    /** Reads once, if it may say something; false when it has ended. */
    boolean read(ByteBuffer buffer) throws IOException {
        if (!mayCommand()) {
            return true;
        }
        buffer.clear();
        int bytes = channel.read(buffer);
        if (bytes < 0) {
            ended = true;
            return false;
        }
        frames.append(buffer.flip());
        return true;
    }

    /** Its next frame; null when none is whole or it may not say anything yet. */
    @Nullable Frame next() throws CodecException {
        if (!mayCommand()) {
            return null;
        }
        Frame kept = putBack;
        putBack = null;
        return kept == null ? frames.next() : kept;
    }

    /** This frame's turn has not come: it is the next one. */
    void putBack(Frame frame) {
        putBack = frame;
    }

    /** One that leaves its answers unread gets no more of them. */
    private boolean mayCommand() {
        return !busy && !closing && queuedBytes < QUEUE_BYTES_MAX;
    }

    // ---- out

    /** Answers the first of the frames that are to be answered. */
    void reply(ReplyCode code, String text) {
        busy = false;
        Long request = requests.pollFirst();
        send(new Reply(request == null ? Reply.NO_REQUEST : request, code, text));
    }

    /** Answers, and hangs up once that is read. */
    void dismiss(ReplyCode code, String text) {
        reply(code, text);
        closing = true;
        telling = Telling.REPLIES;
    }

    /** Tells an event, or that this one is lost, and all that follow. */
    void tell(Event event) {
        if (queuedBytes >= QUEUE_BYTES_MAX) {
            overrun(1);
        } else if (subscribed()) {
            send(event);
        }
    }

    /** It has lost events: no more until it asks for a snapshot. */
    void overrun(long events) {
        if (!subscribed()) {
            return;
        }
        figures.onOverrun();
        telling = Telling.REPLIES;
        send(new Event.Overrun(events));
    }

    private void send(Message message) {
        byte[] frame = ControlCodec.encode(epoch, ++sequence, message);
        queuedBytes += frame.length;
        queue.addLast(ByteBuffer.wrap(frame));
    }

    /** Writes what the socket takes, and says what to wait for. */
    void flush() throws IOException {
        while (!queue.isEmpty()) {
            ByteBuffer[] some = queue.stream().limit(GATHERED_MAX).toArray(ByteBuffer[]::new);
            long written = channel.write(some);
            queuedBytes -= written;
            while (!queue.isEmpty() && !queue.getFirst().hasRemaining()) {
                queue.removeFirst();
            }
            if (written == 0) {
                break;
            }
        }
        if (key != null && key.isValid()) {
            key.interestOps(
                    (mayCommand() ? SelectionKey.OP_READ : 0)
                            | (queue.isEmpty() ? 0 : SelectionKey.OP_WRITE));
        }
        ended |= closing;
    }

    void close() throws IOException {
        ended = true;
        channel.close();
    }
}
