package io.mptcplb.controlplane.agent.control;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.ControlCodec;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.Frame;
import io.mptcplb.contract.control.FrameReader;
import io.mptcplb.contract.control.Message;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.controlplane.agent.metrics.AgentFigures;
import io.mptcplb.controlplane.agent.metrics.AgentMetric;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects, greets, asks for a snapshot and follows the events; a gap, an overrun, a new epoch or a
 * lost connection lead back to a snapshot. Call {@link #start} once, then {@link #send}.
 */
public final class ControlClient {
    /** How often a dataplane that is not there is looked for. */
    private static final long RECONNECT_MILLIS = 50;

    /** A dataplane that answers nothing for so long is left, and found anew. */
    private static final long ANSWER_MILLIS_MAX = 3_000;

    /** Commands that may wait for their answers. */
    private static final int WAITING_MAX = 1_024;

    private static final String NAME = "agent";

    private final Vertx vertx;
    private final SocketAddress address;
    private final ControlListener listener;
    private final AgentFigures figures;

    /** In a field, as Vert.x closes a client that nothing refers to, with its connections. */
    private final NetClient net;

    private ControlState state = ControlState.DISCONNECTED;
    private @Nullable Conversation conversation;
    private long epoch;
    private long resyncNanos;

    private record Waiting(long request, Promise<Reply> answer) {}

    public ControlClient(Vertx vertx, Path socket, ControlListener listener, AgentFigures figures) {
        this.vertx = vertx;
        this.address = SocketAddress.domainSocketAddress(socket.toString());
        this.listener = listener;
        this.figures = figures;
        this.net = vertx.createNetClient();
    }

    public ControlState state() {
        return state;
    }

    /** The process spoken with last; 0 before the first. */
    public long epoch() {
        return epoch;
    }

    /** How long the last way from a connection, or a gap, to a whole picture took. */
    public long lastResyncNanos() {
        return resyncNanos;
    }

    public void start() {
        connect();
    }

    /** For good. */
    public void close() {
        become(ControlState.CLOSED);
        Conversation open = conversation;
        if (open != null) {
            open.end("the agent ends");
        }
        net.close();
    }

    /**
     * Says a command now, or fails: nothing is kept for later, as what must hold then may be
     * another thing.
     */
    public Future<Reply> send(Command command) {
        Conversation open = conversation;
        if (open == null || (state != ControlState.LIVE && state != ControlState.RESYNCING)) {
            return Future.failedFuture(new NotConnectedException("no dataplane is connected"));
        }
        return open.send(command);
    }

    /** Asks for a new picture, if one can be had: the one at hand is known to be wrong. */
    public void resync() {
        Conversation open = conversation;
        if (open != null && state == ControlState.LIVE) {
            open.resync();
        }
    }

    private void become(ControlState next) {
        if (state != ControlState.CLOSED) {
            if (!state.mayBecome(next)) {
                throw new IllegalStateException(state + " does not become " + next);
            }
            state = next;
            figures.set(AgentMetric.AGENT_CONTROL_LIVE, next == ControlState.LIVE ? 1 : 0);
        }
    }

    private void connect() {
        if (state == ControlState.CLOSED) {
            return;
        }
        become(ControlState.CONNECTING);
        net.connect(address).onSuccess(this::onConnected).onFailure(why -> reconnectLater());
    }

    private void reconnectLater() {
        if (state != ControlState.CLOSED) {
            become(ControlState.DISCONNECTED);
            vertx.setTimer(RECONNECT_MILLIS, timer -> connect());
        }
    }

    private void onConnected(NetSocket socket) {
        if (state == ControlState.CLOSED) {
            socket.close();
            return;
        }
        become(ControlState.GREETING);
        Conversation opened = new Conversation(socket);
        conversation = opened;
        opened.greet();
    }

    /** One connection, from HELLO to its end. */
    private final class Conversation {
        private final NetSocket socket;
        private final FrameReader frames = new FrameReader();
        private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
        private final long timer;
        private long sent;
        private long received;
        private long resyncStartNanos;
        private long quietSinceNanos = System.nanoTime();
        private boolean snapshotBegun;
        private boolean ended;

        Conversation(NetSocket socket) {
            this.socket = socket;
            this.resyncStartNanos = quietSinceNanos;
            this.timer = vertx.setPeriodic(ANSWER_MILLIS_MAX / 10, id -> checkAnswers());
            socket.handler(this::onBytes);
            socket.exceptionHandler(failure -> end(String.valueOf(failure.getMessage())));
            socket.closeHandler(closed -> end("the dataplane closed the connection"));
        }

        void greet() {
            send(new Command.Hello(Command.Hello.VERSION, NAME))
                    .onSuccess(reply -> {
                        if (reply.code() == ReplyCode.OK) {
                            resync();
                        } else {
                            end("HELLO was refused: " + reply.code().text() + " " + reply.text());
                        }
                    });
        }

        Future<Reply> send(Command command) {
            if (waiting.size() >= WAITING_MAX) {
                return Future.failedFuture(
                        new NotConnectedException("too many commands wait for an answer"));
            }
            byte[] frame;
            try {
                frame = ControlCodec.encode(0, sent + 1, command);
            } catch (IllegalArgumentException e) {
                return Future.failedFuture(e);
            }
            sent++;
            if (waiting.isEmpty()) {
                quietSinceNanos = System.nanoTime();
            }
            Promise<Reply> answer = Promise.promise();
            waiting.add(new Waiting(sent, answer));
            socket.write(Buffer.buffer(frame));
            figures.count(AgentMetric.AGENT_CONTROL_COMMANDS);
            return answer.future();
        }

        private void resync() {
            snapshotBegun = false;
            resyncStartNanos = System.nanoTime();
            become(ControlState.RESYNCING);
            figures.count(AgentMetric.AGENT_CONTROL_RESYNCS);
            send(new Command.Resync())
                    .onSuccess(reply -> {
                        if (reply.code() != ReplyCode.OK) {
                            end("RESYNC was refused: " + reply.text());
                        }
                    });
        }

        private void onBytes(Buffer bytes) {
            frames.append(ByteBuffer.wrap(bytes.getBytes()));
            try {
                for (Frame frame = frames.next(); frame != null && !ended; frame = frames.next()) {
                    onFrame(frame, frame.message());
                }
            } catch (CodecException e) {
                figures.count(AgentMetric.AGENT_CONTROL_FRAMES_MALFORMED);
                end("the dataplane said what cannot be read: " + e.getMessage());
            }
        }

        private void onFrame(Frame frame, Message message) {
            boolean gap = frame.sequence() != received + 1;
            received = frame.sequence();
            epoch = frame.epoch();
            switch (message) {
                case Reply reply -> onReply(reply);
                case Event event -> onEvent(event);
                case Command _ -> end("the dataplane gave a command");
            }
            if (gap && !ended && snapshotCannotTell()) {
                figures.count(AgentMetric.AGENT_CONTROL_GAPS);
                resync();
            }
        }

        /** What is missing is in no picture to come. */
        private boolean snapshotCannotTell() {
            return state == ControlState.LIVE || (state == ControlState.RESYNCING && snapshotBegun);
        }

        private void onReply(Reply reply) {
            if (reply.request() == Reply.NO_REQUEST) {
                end("the dataplane hangs up: " + reply.code().text() + " " + reply.text());
                return;
            }
            Waiting first = waiting.peek();
            if (first == null || first.request() != reply.request()) {
                end("an answer to command " + reply.request() + ", which waits for none");
                return;
            }
            waiting.remove();
            quietSinceNanos = System.nanoTime();
            if (reply.code() != ReplyCode.OK) {
                figures.count(AgentMetric.AGENT_CONTROL_COMMANDS_REFUSED, reply.code().text());
            }
            first.answer().complete(reply);
        }

        private void onEvent(Event event) {
            figures.count(AgentMetric.AGENT_CONTROL_EVENTS);
            switch (event) {
                case Event.SnapshotBegin _ -> {
                    snapshotBegun = true;
                    listener.onEvent(epoch, event);
                }
                case Event.SnapshotEnd _ -> {
                    if (snapshotBegun && state == ControlState.RESYNCING) {
                        listener.onEvent(epoch, event);
                        resyncNanos = System.nanoTime() - resyncStartNanos;
                        become(ControlState.LIVE);
                        listener.onLive();
                    }
                }
                case Event.Overrun _ -> {
                    figures.count(AgentMetric.AGENT_CONTROL_OVERRUNS);
                    listener.onEvent(epoch, event);
                    if (snapshotCannotTell()) {
                        resync();
                    }
                }
                default -> listener.onEvent(epoch, event);
            }
        }

        private void checkAnswers() {
            boolean waits = !waiting.isEmpty() || state == ControlState.RESYNCING;
            long since = waiting.isEmpty() ? resyncStartNanos : quietSinceNanos;
            if (waits
                    && System.nanoTime() - since
                            > TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS_MAX)) {
                end("the dataplane does not answer");
            }
        }

        void end(String why) {
            if (ended) {
                return;
            }
            ended = true;
            vertx.cancelTimer(timer);
            socket.close();
            conversation = null;
            waiting.forEach(each -> each.answer().fail(new NotConnectedException(why)));
            waiting.clear();
            figures.count(AgentMetric.AGENT_CONTROL_LOST);
            listener.onLost(why);
            reconnectLater();
        }
    }
}
