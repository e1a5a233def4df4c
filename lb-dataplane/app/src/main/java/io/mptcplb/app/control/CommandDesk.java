package io.mptcplb.app.control;

import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.PathPriority;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.proxy.Revision;
import io.mptcplb.proxy.RevisionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out commands, each on all workers or on none: prepares every worker's next revision,
 * keeps it for the next process, hands it over, and is done when all have taken it. What can fail
 * does so before the first worker is told. A client's commands that wait together go to the workers
 * together, up to {@link #BATCH_MAX} of them: one that asks for a thousand changes a second would
 * otherwise wait a thousand times for a duty cycle. Owner: the control thread.
 */
final class CommandDesk {
    /** What a worker carries out in one duty cycle. */
    static final int BATCH_MAX = 128;

    private final List<WorkerLink> workers;
    private final Figures figures;
    private final Path configLast;
    private final Consumer<String> log;
    private Figures.@Nullable Handover handover;

    /** Of each worker, the revisions that the commands at hand make, in order. */
    private final List<List<Revision>> steps = new ArrayList<>();

    private final List<Outcome> outcomes = new ArrayList<>();

    /**
     * Before anybody connects.
     *
     * @param configLast the file that the next process serves by
     * @param log what goes wrong without changing anything that clients see
     */
    CommandDesk(List<WorkerLink> workers, Figures figures, Path configLast, Consumer<String> log) {
        this.workers = workers;
        this.figures = figures;
        this.configLast = configLast;
        this.log = log;
        workers.forEach(worker -> steps.add(new ArrayList<>()));
    }

    LbConfig config() {
        return workers.getFirst().revision().config();
    }

    /** What commands have set and a snapshot tells. */
    List<Event> said() {
        Revision now = workers.getFirst().revision();
        List<Event> said = new ArrayList<>(now.pathRules());
        now.draining().forEach(name -> said.add(new Event.Draining(name, true)));
        return said;
    }

    /**
     * Whether a command may go to the workers with others: what changes a configuration may not.
     */
    static boolean goesWithOthers(Command command) {
        return !(command instanceof Command.ApplyConfig)
                && !(command instanceof Command.ApplyEndpoints);
    }

    /**
     * Takes a command in after those before it; {@link #poll} says in that order what came of it.
     */
    void add(Command command) {
        List<Revision> next = new ArrayList<>();
        Outcome refusal = null;
        try {
            for (int i = 0; i < workers.size(); i++) {
                next.add(tip(i).after(command));
            }
            prepare(next.getFirst().config());
        } catch (RevisionException e) {
            refusal = Outcome.refused(e.code(), e.text());
        } catch (IOException e) {
            refusal = Outcome.refused(ReplyCode.FAILED, "state directory: " + e);
        } catch (RuntimeException e) {
            log.accept(command.getClass().getSimpleName() + " cannot be prepared: " + e);
            refusal = Outcome.refused(ReplyCode.FAILED, "internal: " + e);
        }
        if (refusal != null) {
            outcomes.add(refusal);
            return;
        }
        outcomes.add(new Outcome(ReplyCode.OK, "", news(command, tip(0), next.getFirst())));
        for (int i = 0; i < workers.size(); i++) {
            steps.get(i).add(next.get(i));
        }
    }

    private Revision tip(int worker) {
        List<Revision> made = steps.get(worker);
        return made.isEmpty() ? workers.get(worker).revision() : made.getLast();
    }

    /** Commands at hand, refused ones among them. */
    int atHand() {
        return outcomes.size();
    }

    /** Tells the workers; false when each of the commands at hand was refused. */
    boolean handOver() {
        if (steps.getFirst().isEmpty()) {
            return false;
        }
        Figures.Handover also = handover;
        for (int i = 0; i < workers.size(); i++) {
            int worker = i;
            workers.get(i)
                    .apply(
                            steps.get(i),
                            nowNanos -> {
                                if (also != null) {
                                    also.onWorker(worker, nowNanos);
                                }
                            });
        }
        steps.forEach(List::clear);
        return true;
    }

    /** Keeps a configuration for the next process alone; null when it is on disk. */
    @Nullable Outcome keep(LbConfig next) {
        if (next.generation() < config().generation()) {
            return Outcome.refused(
                    ReplyCode.STALE,
                    "generation: "
                            + next.generation()
                            + " is older than "
                            + config().generation()
                            + " in force");
        }
        try {
            ConfigFile.write(configLast, next);
            return null;
        } catch (IOException e) {
            return Outcome.refused(ReplyCode.FAILED, "state directory: " + e);
        }
    }

    /**
     * What the workers can no longer refuse is on disk before they are told: a process that dies in
     * between is followed by one that serves by it.
     */
    private void prepare(LbConfig next) throws IOException {
        if (next.equals(config())) {
            return;
        }
        Figures.Handover prepared = figures.handover(next);
        try {
            ConfigFile.write(configLast, next);
        } catch (IOException e) {
            if (prepared != null) {
                prepared.drop();
            }
            throw e;
        }
        handover = prepared;
    }

    private static List<Event> news(Command command, Revision before, Revision after) {
        return switch (command) {
            case Command.ApplyConfig _ -> {
                List<Event> news = new ArrayList<>();
                news.add(new Event.ConfigApplied(after.config().generation()));
                addEnded(news, before, after);
                yield news;
            }
            case Command.ApplyEndpoints _ ->
                    List.of(new Event.ConfigApplied(after.config().generation()));
            case Command.SetPathPriority set ->
                    List.of(new Event.PathRule(set.paths(), set.priority()));
            case Command.Drain drain ->
                    List.of(new Event.Draining(drain.virtualServer(), drain.draining()));
            case Command.Announce _,
                    Command.Withdraw _,
                    Command.SetSubflowLimit _,
                    Command.Hello _,
                    Command.Restart _,
                    Command.Resync _ ->
                    List.of();
        };
    }

    /** What commands had set for names that a configuration no longer has. */
    private static void addEnded(List<Event> news, Revision before, Revision after) {
        for (Event.PathRule rule : before.pathRules()) {
            if (!after.pathRules().contains(rule)) {
                news.add(new Event.PathRule(rule.paths(), PathPriority.CONFIGURED));
            }
        }
        for (String name : before.draining()) {
            if (!after.draining().contains(name)) {
                news.add(new Event.Draining(name, false));
            }
        }
    }

    /** How the commands at hand ended, in order; none while a worker is still at them. */
    List<Outcome> poll() {
        for (WorkerLink worker : workers) {
            if (!worker.idle()) {
                return List.of();
            }
        }
        List<Outcome> ended = List.copyOf(outcomes);
        outcomes.clear();
        if (handover != null) {
            try {
                handover.complete();
            } catch (IOException e) {
                log.accept("figures of the new configuration cannot be seen: " + e);
            }
            handover = null;
        }
        return ended;
    }
}
