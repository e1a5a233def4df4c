package io.mptcplb.app.control;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.Frame;
import io.mptcplb.contract.control.Message;
import io.mptcplb.contract.control.ReplyCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * The control socket: takes commands from a few clients and tells them what becomes of connections.
 * One thread of its own, which never touches packets; without clients it sleeps.
 */
public final class ControlServer implements AutoCloseable {
    static final int CLIENTS_MAX = 4;

    /** What is read of one client before the others have their turn. */
    private static final int READ_BYTES = 64 << 10;

    private static final int EVENTS_PER_TURN = 4096;
    private static final long HELLO_NANOS = 5_000_000_000L;
    private static final long MILLIS_PER_LOOK = 5;
    private static final long MILLIS_PER_CHECK = 500;

    /** So often a worker that carries out a step of a configuration is looked at. */
    private static final long STEP_NANOS = 250_000L;

    /** So long commands gather, so that a stream of them does not wake anybody for each. */
    private static final long COMMANDS_NANOS = 2_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final ControlSocket socket;
    private final Selector selector;
    private final List<WorkerLink> workers;
    private final Settling settling;
    private final List<EventReader> events = new ArrayList<>();
    private final long[] lostSeen;
    private final CommandDesk commands;
    private final SnapshotDesk snapshots;
    private final ControlFigures figures;
    private final long epoch;
    private final Runnable onRestart;
    private final Consumer<String> log;
    private final List<ControlClient> clients = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    private final Thread thread;
    private @Nullable ControlClient commanding;
    private int turn;
    private boolean listening;
    private volatile boolean stopping;

    /**
     * What a server needs to know.
     *
     * @param path where the socket appears
     * @param group whose members may connect; null for none
     * @param configLast the file that the next process serves by
     * @param epoch this process
     * @param onRestart called when this process is to end and begin anew; returns at once
     */
    public record Setting(
            Path path, @Nullable String group, Path configLast, long epoch, Runnable onRestart) {}

    private ControlServer(
            ControlSocket socket,
            Setting setting,
            List<WorkerLink> workers,
            Figures names,
            ControlFigures figures,
            Consumer<String> log)
            throws IOException {
        this.socket = socket;
        this.workers = List.copyOf(workers);
        this.figures = figures;
        this.log = log;
        epoch = setting.epoch();
        onRestart = setting.onRestart();
        commands = new CommandDesk(this.workers, names, setting.configLast(), log);
        snapshots = new SnapshotDesk(this.workers);
        List<String> ports = commands.config().ports().stream().map(port -> port.name()).toList();
        workers.forEach(worker -> events.add(new EventReader(worker.ring(), ports)));
        lostSeen = new long[workers.size()];
        settling = new Settling(workers.size());
        selector = Selector.open();
        socket.channel().register(selector, SelectionKey.OP_ACCEPT);
        thread = Thread.ofPlatform().name("control").daemon().unstarted(this::run);
    }

    /**
     * Listens; call {@link #start} once the workers run.
     *
     * @throws IOException names what is wrong with directory, group or socket
     */
    public static ControlServer open(
            Setting setting,
            List<WorkerLink> workers,
            Figures names,
            ControlFigures figures,
            Consumer<String> log)
            throws IOException {
        ControlSocket socket = ControlSocket.open(setting.path(), setting.group());
        try {
            return new ControlServer(socket, setting, workers, names, figures, log);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    public void start() {
        thread.start();
    }

    /** Ends the thread, before the workers end; nothing that workers own is touched afterwards. */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
        if (thread.getState() == Thread.State.NEW) {
            closeAll();
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the thread

    private void run() {
        try {
            while (!stopping) {
                await();
                turn(System.nanoTime());
            }
        } catch (IOException | RuntimeException e) {
            log.accept("the control socket failed, traffic goes on: " + e);
        } finally {
            closeAll();
        }
    }

    /**
     * A worker is not asked to call back: while it is at something, we look again and again. It may
     * have ended since the last turn, whose commands are to be answered then.
     */
    private void await() throws IOException {
        if (workersBusy()) {
            selector.selectNow();
            LockSupport.parkNanos(commanding == null ? STEP_NANOS : COMMANDS_NANOS);
            workers.forEach(WorkerLink::hurry);
        } else if (commanding != null || eventsReady()) {
            selector.selectNow();
        } else if (listening || snapshots.wanted()) {
            selector.select(MILLIS_PER_LOOK);
        } else {
            selector.select(clients.isEmpty() ? 0 : MILLIS_PER_CHECK);
        }
    }

    private void turn(long nowNanos) throws IOException {
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() instanceof ControlClient client) {
                guarded(client, () -> read(client));
            } else {
                accept(nowNanos);
            }
        }
        selector.selectedKeys().clear();
        boolean idle = !workersBusy();
        boolean drained = drainEvents(); // after that look: all of a step's events are there
        if (idle) {
            work(drained, nowNanos);
        }
        for (ControlClient client : clients) {
            if (!client.inTime(nowNanos)) {
                invalid(client, "hello: none for too long");
            }
            guarded(client, client::flush);
        }
        bury();
    }

    private interface Dealing {
        void run() throws IOException;
    }

    /** What one client does to its connection is nobody else's affair. */
    private static void guarded(ControlClient client, Dealing dealing) throws IOException {
        if (client.ended()) {
            return;
        }
        try {
            dealing.run();
        } catch (IOException e) {
            client.close();
        }
    }

    private void bury() throws IOException {
        boolean gone = false;
        for (ControlClient client : clients) {
            if (client.ended()) {
                client.close();
                gone = true;
            }
        }
        if (gone) {
            clients.removeIf(ControlClient::ended);
            figures.onClients(clients.size());
        }
    }

    private void closeAll() {
        try {
            for (ControlClient client : clients) {
                guarded(client, client::flush); // whoever asked for the end is told that it comes
                client.close();
            }
            socket.close();
            selector.close();
        } catch (IOException e) {
            log.accept("closing the control socket: " + e);
        }
        figures.onClients(0);
    }

    // ---- clients

    private void accept(long nowNanos) throws IOException {
        SocketChannel channel = socket.channel().accept();
        if (channel == null) {
            return;
        }
        ControlClient client = new ControlClient(channel, epoch, nowNanos + HELLO_NANOS, figures);
        try {
            channel.configureBlocking(false);
            UnixDomainPrincipal peer = AllowList.peer(channel);
            if (!socket.allowed().admits(peer)) {
                refuse(
                        client,
                        ReplyCode.INVALID,
                        "peer: user " + peer.user().getName() + " is not on the allow-list");
            } else if (clients.size() == CLIENTS_MAX) {
                refuse(client, ReplyCode.FULL, "clients: there are " + CLIENTS_MAX + " already");
            } else {
                client.key(channel.register(selector, SelectionKey.OP_READ, client));
                clients.add(client);
                figures.onAccepted();
                figures.onClients(clients.size());
            }
        } catch (IOException e) {
            client.close();
        }
    }

    private void refuse(ControlClient client, ReplyCode code, String text) throws IOException {
        figures.onRefused();
        client.dismiss(code, text);
        client.flush();
        client.close();
    }

    private void read(ControlClient client) throws IOException {
        if (!client.read(buffer) && client.halfFrameBytes() > 0) {
            figures.onInvalid();
        }
    }

    /** The stream is of no more use. */
    private void invalid(ControlClient client, String text) {
        figures.onInvalid();
        client.dismiss(ReplyCode.INVALID, text);
    }

    // ---- commands

    /** One thing at a time goes to the idle workers: a command, a step of a snapshot, silence. */
    private void work(boolean drained, long nowNanos) {
        ControlClient client = commanding;
        if (client != null) {
            finish(client);
        }
        if (takeCommand()) {
            return;
        }
        if (drained && snapshots.wanted()) {
            listening = true;
            snapshots.step(commands, nowNanos);
        } else if (listening && clients.stream().noneMatch(ControlClient::subscribed)) {
            listening = false;
            workers.forEach(worker -> worker.listen(false));
        }
    }

    private boolean workersBusy() {
        for (WorkerLink worker : workers) {
            if (!worker.idle()) {
                return true;
            }
        }
        return false;
    }

    /** Gives every client its turn; true once the workers have something to do. */
    private boolean takeCommand() {
        for (int i = 0; i < clients.size(); i++) {
            ControlClient client = clients.get((turn + i) % clients.size());
            if (nextCommand(client)) {
                turn += i + 1;
                return true;
            }
        }
        return false;
    }

    /**
     * Deals with a client's frames up to one that must wait until the workers have carried out
     * those before it; true when they have something to do.
     */
    private boolean nextCommand(ControlClient client) {
        while (gather(client)) {
            settling.begin();
            commanding = client;
            client.busy();
            if (commands.handOver()) {
                return true;
            }
            finish(client); // all were refused
        }
        return false;
    }

    /** True when the client has commands for the workers. */
    private boolean gather(ControlClient client) {
        try {
            boolean more = true;
            while (more && commands.atHand() < CommandDesk.BATCH_MAX) {
                Frame frame = client.next();
                more = frame != null && onFrame(client, frame);
            }
        } catch (CodecException e) {
            // It is found again, once those before it are answered.
            if (commands.atHand() == 0) {
                invalid(client, String.valueOf(e.getMessage()));
            }
        }
        return commands.atHand() > 0;
    }

    /** False when no other frame may follow for now. */
    private boolean onFrame(ControlClient client, Frame frame) {
        Message message;
        try {
            message = frame.message();
        } catch (CodecException e) {
            return inTurn(
                    client,
                    frame,
                    () -> {
                        figures.onInvalid();
                        client.reply(ReplyCode.INVALID, String.valueOf(e.getMessage()));
                    });
        }
        if (!(message instanceof Command command)) {
            String text = "frame.type: " + frame.type() + " is no command";
            return inTurn(client, frame, () -> invalid(client, text));
        }
        if (!client.greeted() || !isForWorkers(command)) {
            return inTurn(client, frame, () -> onCommand(client, command));
        }
        boolean alone = !CommandDesk.goesWithOthers(command);
        if (alone && commands.atHand() > 0) {
            client.putBack(frame);
            return false;
        }
        client.begin(frame.sequence());
        commands.add(command);
        return !alone;
    }

    /**
     * Deals with a frame that is answered at once, unless commands before it are to be answered.
     */
    private boolean inTurn(ControlClient client, Frame frame, Runnable dealing) {
        if (commands.atHand() > 0) {
            client.putBack(frame);
            return false;
        }
        client.begin(frame.sequence());
        dealing.run();
        return true;
    }

    private static boolean isForWorkers(Command command) {
        return !(command instanceof Command.Hello)
                && !(command instanceof Command.Resync)
                && !(command instanceof Command.Restart);
    }

    private void onCommand(ControlClient client, Command command) {
        if (command instanceof Command.Hello hello) {
            onHello(client, hello);
        } else if (!client.greeted()) {
            invalid(client, "hello: must come first");
        } else if (command instanceof Command.Restart restart) {
            restart(client, restart);
        } else {
            figures.onResync();
            figures.onCommand(true);
            client.busy();
            snapshots.ask(client);
        }
    }

    private void restart(ControlClient client, Command.Restart restart) {
        Outcome refusal = commands.keep(restart.config());
        if (refusal != null) {
            finish(client, refusal);
            return;
        }
        figures.onCommand(true);
        client.dismiss(ReplyCode.OK, "");
        onRestart.run();
    }

    private void onHello(ControlClient client, Command.Hello hello) {
        boolean spoken = hello.version() == Command.Hello.VERSION;
        figures.onCommand(spoken);
        if (spoken) {
            client.greet();
            client.reply(ReplyCode.OK, "");
        } else {
            client.dismiss(
                    ReplyCode.VERSION,
                    "hello.version: "
                            + hello.version()
                            + ", this program speaks "
                            + Command.Hello.VERSION);
        }
    }

    /** Answers the commands at hand once the workers have carried them out. */
    private void finish(ControlClient client) {
        for (Outcome outcome : commands.poll()) {
            commanding = null;
            finish(client, outcome);
        }
    }

    private void finish(ControlClient client, Outcome outcome) {
        figures.onCommand(outcome.ok());
        client.reply(outcome.code(), outcome.text());
        for (Event news : outcome.news()) {
            tell(news, false);
        }
    }

    // ---- events

    private boolean eventsReady() {
        for (EventReader reader : events) {
            if (reader.ready()) {
                return true;
            }
        }
        return false;
    }

    /** Passes events on; false when some are left for the next turn. */
    private boolean drainEvents() {
        long offset = System.currentTimeMillis() * NANOS_PER_MILLI - System.nanoTime();
        boolean drained = true;
        for (int i = 0; i < events.size(); i++) {
            EventReader reader = events.get(i);
            int left = EVENTS_PER_TURN;
            for (; left > 0 && reader.ready(); left--) {
                if (clients.stream().noneMatch(ControlClient::subscribed)) {
                    reader.skip();
                } else {
                    boolean ofSnapshot = reader.ofSnapshot();
                    Event event = reader.take(offset);
                    if (!(event instanceof Event.PolicySettled) || settling.last(i)) {
                        tell(event, ofSnapshot);
                    }
                }
            }
            drained &= left > 0;
            long lost = workers.get(i).eventsLost();
            if (lost != lostSeen[i]) {
                overrunAll(lost - lostSeen[i]);
                lostSeen[i] = lost;
            }
        }
        return drained;
    }

    private void tell(Event event, boolean ofSnapshot) {
        for (ControlClient client : clients) {
            boolean meant = ofSnapshot ? client.inSnapshot() : client.subscribed();
            if (meant && !client.ended()) {
                client.tell(event);
            }
        }
    }

    private void overrunAll(long lost) {
        for (ControlClient client : clients) {
            if (client.subscribed()) {
                client.overrun(lost);
            }
        }
    }
}
