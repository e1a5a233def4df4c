package io.mptcplb.controlplane.agent.paths;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.controlplane.agent.metrics.AgentFigures;
import io.mptcplb.controlplane.agent.metrics.AgentMetric;
import io.mptcplb.controlplane.agent.model.CounterSample;
import io.mptcplb.policy.path.PathDecision;
import io.mptcplb.policy.path.PathEvent;
import io.mptcplb.policy.path.PathManager;
import io.mptcplb.policy.path.PathOutcome;
import io.mptcplb.policy.path.PathState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gives the path manager its events and its time, and the dataplane its commands. */
public final class PathDriver {
    private static final long RESYNC_NANOS_MIN = TimeUnit.SECONDS.toNanos(1);

    private final Vertx vertx;
    private final PathManager manager = new PathManager();
    private final Function<Command, Future<Reply>> send;
    private final Runnable resync;
    private final Consumer<PathDecision> decisions;
    private final AgentFigures figures;
    private @Nullable CounterSample before;
    private long resyncedNanos = System.nanoTime() - RESYNC_NANOS_MIN;
    private long timer = -1;

    /**
     * @param send to the dataplane
     * @param resync asks the dataplane for a new picture
     * @param decisions told each decision in words
     */
    public PathDriver(
            Vertx vertx,
            Function<Command, Future<Reply>> send,
            Runnable resync,
            Consumer<PathDecision> decisions,
            AgentFigures figures) {
        this.vertx = vertx;
        this.send = send;
        this.resync = resync;
        this.decisions = decisions;
        this.figures = figures;
    }

    /** Every path of every policy, what holds for it and why. */
    public List<PathState> paths() {
        return manager.paths(System.nanoTime());
    }

    /** The policy that a client follows at a virtual server; empty when there is none. */
    public Optional<String> policyOf(String virtualServer, IpAddress client) {
        return manager.policyOf(virtualServer, client);
    }

    /** The operator's orders, to be kept where a restart finds them. */
    public List<Command.SetPathPriority> orders() {
        return manager.overrides();
    }

    /** What of the dataplane's events concerns paths. */
    public void handleEvent(Event event) {
        switch (event) {
            case Event.SnapshotBegin _ -> handle(new PathEvent.SnapshotBegin());
            case Event.SnapshotEnd _ -> handle(new PathEvent.SnapshotEnd());
            case Event.PathRule rule -> handle(new PathEvent.Rule(rule.paths(), rule.priority()));
            case Event.PortLink link -> handle(new PathEvent.Link(link.port(), link.up()));
            default -> {}
        }
    }

    /** Takes one event; done when the dataplane has obeyed all that follows from it. */
    public Future<Void> handle(PathEvent event) {
        return act(manager.onEvent(event, System.nanoTime()));
    }

    /** Figures, about once a second. */
    public void handleSample(CounterSample sample) {
        CounterSample previous = before;
        before = sample;
        if (previous != null && previous.epoch() == sample.epoch()) {
            PathSamples.between(previous, sample)
                    .forEach(each -> handle(new PathEvent.Sample(each)));
        }
    }

    private Future<Void> act(PathOutcome outcome) {
        List<Future<Reply>> answers = new ArrayList<>();
        for (PathDecision decision : outcome.decisions()) {
            figures.count(AgentMetric.AGENT_PATH_DECISIONS);
            decisions.accept(decision);
        }
        for (Command.SetPathPriority command : outcome.commands()) {
            figures.count(AgentMetric.AGENT_PATH_COMMANDS);
            answers.add(send.apply(command).compose(PathDriver::obeyed));
        }
        schedule();
        return Future.all(answers)
                .<Void>mapEmpty()
                .onFailure(failure -> {
                    if (failure instanceof NotObeyedException) {
                        decisions.accept(
                                new PathDecision(
                                        PathDecision.AGENT, String.valueOf(failure.getMessage())));
                        resyncNow();
                    }
                });
    }

    private static Future<Reply> obeyed(Reply reply) {
        return reply.code() == ReplyCode.OK
                ? Future.succeededFuture(reply)
                : Future.failedFuture(new NotObeyedException(reply));
    }

    /** The manager's picture is wrong; not more than once a second. */
    private void resyncNow() {
        long nowNanos = System.nanoTime();
        if (nowNanos - resyncedNanos >= RESYNC_NANOS_MIN) {
            resyncedNanos = nowNanos;
            resync.run();
        }
    }

    private void schedule() {
        if (timer >= 0) {
            vertx.cancelTimer(timer);
            timer = -1;
        }
        long deadlineNanos = manager.nextDeadlineNanos();
        if (deadlineNanos != Long.MAX_VALUE) {
            long waitNanos = deadlineNanos - System.nanoTime();
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1);
            timer =
                    vertx.setTimer(
                            millis,
                            due -> {
                                timer = -1;
                                act(manager.onTime(System.nanoTime()));
                            });
        }
    }
}
