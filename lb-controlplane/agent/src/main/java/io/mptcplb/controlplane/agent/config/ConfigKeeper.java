package io.mptcplb.controlplane.agent.config;

import io.mptcplb.contract.CodecException;
import io.mptcplb.contract.ConfigFile;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PoolConfig;
import io.mptcplb.contract.control.Command;
import io.mptcplb.contract.control.Reply;
import io.mptcplb.contract.control.ReplyCode;
import io.mptcplb.controlplane.agent.config.FileWatch.Content;
import io.mptcplb.controlplane.agent.metrics.AgentFigures;
import io.mptcplb.controlplane.agent.metrics.AgentMetric;
import io.mptcplb.policy.Compilation;
import io.mptcplb.policy.Compilation.Compiled;
import io.mptcplb.policy.ConfigChange;
import io.mptcplb.policy.ConfigDiff;
import io.mptcplb.policy.LbYaml;
import io.mptcplb.policy.Problem;
import io.mptcplb.policy.path.PathTable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the dataplane have what the watched file says. Every change goes one way, one at a time:
 * text, compiled whole or refused whole, compared with what is in force, applied, acknowledged.
 *
 * <p>Call {@link #load} once, then {@link #start}; {@link #handleLive} whenever the dataplane is in
 * step.
 */
public final class ConfigKeeper {
    private final Vertx vertx;
    private final Path file;
    private final Path applied;
    private final Path snapshot;
    private final Path refusedSnapshot;
    private final boolean led;
    private final Function<Command, Future<Reply>> send;
    private final Consumer<Compiled> onInForce;
    private final Consumer<Offer> onOffer;
    private final AgentFigures figures;
    private final FileWatch watch;
    private Future<?> last = Future.succeededFuture();
    private @Nullable Compiled inForce;
    private @Nullable Offer latest;
    private boolean settled;

    /** What is in force is what the dataplane has, and not what one had that is gone. */
    private boolean live;

    /** Of the dataplane, counted by its comings and goings. */
    private int life;

    /** Of the configuration with which the dataplane came. */
    private long cameWith;

    /** What the disk says. */
    private record Disk(
            Content file, Content applied, Optional<LbConfig> snapshot, boolean snapshotRefused) {}

    /**
     * Where the configuration comes from, and where it is kept.
     *
     * @param file that the user writes
     * @param state directory of the box
     * @param led somebody else writes the file, by {@link #offer} alone: it is not watched, what it
     *     says is not to be changed by hand, and a dataplane that needs it begins anew
     */
    public record Source(Path file, Path state, boolean led) {}

    /**
     * @param send to the dataplane
     * @param onInForce told what the dataplane has, whenever that becomes known or changes
     * @param onOffer told what became of each offer
     */
    public ConfigKeeper(
            Vertx vertx,
            Source source,
            Function<Command, Future<Reply>> send,
            Consumer<Compiled> onInForce,
            Consumer<Offer> onOffer,
            AgentFigures figures) {
        this.vertx = vertx;
        Path state = source.state();
        this.file = source.file();
        // The text of what is in force, for a start that finds mistakes in the watched file.
        this.applied = state.resolve("agent.yaml");
        this.snapshot = state.resolve(ConfigFile.LAST);
        this.refusedSnapshot = state.resolve(ConfigFile.REFUSED);
        this.led = source.led();
        this.send = send;
        this.onInForce = onInForce;
        this.onOffer = onOffer;
        this.figures = figures;
        this.watch =
                new FileWatch(vertx, file, () -> inTurn(() -> read().compose(this::offerFile)));
    }

    /** What the dataplane has, as far as the agent knows its text. */
    public Optional<Compiled> inForce() {
        return Optional.ofNullable(inForce);
    }

    /** The last offer; empty before the first. */
    public Optional<Offer> latest() {
        return Optional.ofNullable(latest);
    }

    /** True when the dataplane has what the file says, or the file has been refused. */
    public boolean isSettled() {
        return settled;
    }

    public Path file() {
        return file;
    }

    /** Reads what a dataplane that runs already has: its policy holds from the first event on. */
    public Future<Void> load() {
        return read().onSuccess(disk -> adopt(known(disk))).mapEmpty();
    }

    public void start() {
        if (!led) {
            watch.start();
        }
    }

    public void close() {
        watch.close();
    }

    /**
     * The dataplane is in step: what it has may be another thing than the file says, and another
     * than lies in the state directory, where one that was on its way for long has not looked
     * since.
     *
     * @param generation of the configuration that it has
     */
    public void handleLive(long generation) {
        int mine = ++life;
        cameWith = generation;
        inTurn(() ->
                read().compose(disk -> {
                    live = mine == life;
                    Optional<LbConfig> snapshot =
                            disk.snapshot().filter(has -> has.generation() == generation);
                    if (snapshot.isEmpty()) {
                        inForce = null;
                    } else if (!has(snapshot.get())) {
                        adopt(known(disk));
                    }
                    return offerFile(disk);
                }));
    }

    /** The dataplane is gone. */
    public void handleLost() {
        life++;
        live = false;
        settled = false;
    }

    /** Says what is wrong with a text, and nothing else happens. */
    public List<Problem> check(String label, String text) {
        return compile(label, text, 0) instanceof Compilation.Refused refused
                ? refused.problems()
                : List.of();
    }

    /** What a text would do: its mistakes, or its changes of what is in force. */
    public Offer compare(String label, String text) {
        Compilation compilation = compile(label, text, generation());
        return switch (compilation) {
            case Compilation.Refused refused ->
                    offer(label, Outcome.REFUSED, refused.problems(), List.of(), "");
            case Compiled compiled ->
                    offer(
                            label,
                            isInForce(compiled) ? Outcome.UNCHANGED : Outcome.NOT_TAKEN,
                            List.of(),
                            changes(compiled),
                            "");
        };
    }

    /**
     * Puts a text in force, and into the watched file, so that both stay the same thing. Fails when
     * it is in force but could not be written there.
     */
    public Future<Offer> apply(String label, String text) {
        if (led) {
            return Future.succeededFuture(
                    offer(
                            label,
                            Outcome.REFUSED,
                            List.of(),
                            List.of(),
                            "the configuration is made of Kubernetes resources: change those"));
        }
        return inTurn(() ->
                put(label, text)
                        .compose(offer ->
                                offer.outcome().isInForce()
                                        ? write(file, text).map(offer)
                                        : Future.succeededFuture(offer)));
    }

    /** What the one who leads wants now; it stands in the file from here on. */
    public Future<Offer> offer(String label, String text) {
        return inTurn(() -> write(file, text).transform(written -> put(label, text)));
    }

    /**
     * Leaves a text for a dataplane that has none yet, or none that it can serve, so that it finds
     * it in the state directory. Nothing happens while one is on its way to serve.
     *
     * @param lost the dataplane has been away for too long for that
     */
    public Future<Void> leave(String text, boolean lost) {
        return inTurn(() ->
                read().compose(disk -> {
                    boolean waits = disk.snapshot().isEmpty() || disk.snapshotRefused();
                    long has = disk.snapshot().map(LbConfig::generation).orElse(0L);
                    if (!(waits || lost)
                            || !(compile(label(), text, has) instanceof Compiled same)
                            || disk.snapshot().filter(same.config()::equals).isPresent()) {
                        return Future.succeededFuture();
                    }
                    long generation = Math.max(has + 1, System.currentTimeMillis());
                    Compiled next = (Compiled) compile(label(), text, generation);
                    return vertx.executeBlocking(
                                    () -> {
                                        ConfigFile.write(snapshot, next.config());
                                        return snapshot;
                                    },
                                    true)
                            .mapEmpty();
                }));
    }

    private Future<Offer> offerFile(Disk disk) {
        return disk.file().isReadable()
                ? put(label(), disk.file().text())
                : Future.succeededFuture(
                        told(
                                offer(
                                        label(),
                                        Outcome.REFUSED,
                                        List.of(),
                                        List.of(),
                                        disk.file().why())));
    }

    private String label() {
        return String.valueOf(file.getFileName());
    }

    /** One after another, whatever became of the one before. */
    private <T> Future<T> inTurn(Supplier<Future<T>> work) {
        Future<T> turn = last.transform(done -> work.get());
        last = turn;
        return turn;
    }

    private Future<Offer> put(String label, String text) {
        Compilation compilation = compile(label, text, generation());
        if (compilation instanceof Compilation.Refused refused) {
            settled = true;
            return Future.succeededFuture(
                    told(offer(label, Outcome.REFUSED, refused.problems(), List.of(), "")));
        }
        Compiled same = (Compiled) compilation;
        if (live && isInForce(same)) {
            adopt(Optional.of(same));
            settled = true;
            return write(applied, text)
                    .transform(written ->
                            Future.succeededFuture(
                                    told(
                                            offer(
                                                    label,
                                                    Outcome.UNCHANGED,
                                                    List.of(),
                                                    List.of(),
                                                    ""))));
        }
        List<PoolConfig> members = changedMembers(same.config());
        if (!members.isEmpty()) {
            return send(label, text, same, new Command.ApplyEndpoints(members));
        }
        long last = Math.max(generation(), cameWith);
        long generation = Math.max(last + 1, System.currentTimeMillis());
        Compiled next = (Compiled) compile(label, text, generation);
        return send(label, text, next, new Command.ApplyConfig(next.config()));
    }

    private Future<Offer> send(String label, String text, Compiled next, Command command) {
        return send.apply(command)
                .transform(done ->
                        done.succeeded()
                                ? answered(label, text, next, done.result())
                                : failed(label, next, done.cause()));
    }

    /** Pools with other members, where nothing else has changed: no revision for these. */
    private List<PoolConfig> changedMembers(LbConfig wanted) {
        Compiled now = inForce;
        if (now == null) {
            return List.of();
        }
        List<PoolConfig> before = now.config().pools();
        List<PoolConfig> after = wanted.pools();
        if (!withoutMembers(now.config()).equals(withoutMembers(wanted))) {
            return List.of();
        }
        return IntStream.range(0, after.size())
                .filter(i -> !after.get(i).equals(before.get(i)))
                .mapToObj(after::get)
                .toList();
    }

    private static LbConfig withoutMembers(LbConfig config) {
        return config.withPools(
                config.pools().stream()
                        .map(pool -> new PoolConfig(pool.name(), pool.balance(), List.of()))
                        .toList());
    }

    private Future<Offer> answered(String label, String text, Compiled next, Reply reply) {
        List<ConfigChange> changes = changes(next);
        settled = true;
        return switch (reply.code()) {
            case OK -> {
                adopt(Optional.of(next));
                Offer offer = told(offer(label, Outcome.APPLIED, List.of(), changes, ""));
                yield write(applied, text).transform(written -> Future.succeededFuture(offer));
            }
            case RESTART_REQUIRED -> {
                if (led) {
                    yield restart(label, next, changes, reply.text());
                }
                yield Future.succeededFuture(
                        told(
                                offer(
                                        label,
                                        Outcome.RESTART_REQUIRED,
                                        List.of(),
                                        changes,
                                        reply.text())));
            }
            case INVALID, UNKNOWN_NAME, STALE, FULL, VERSION, FAILED ->
                    Future.succeededFuture(
                            told(
                                    offer(
                                            label,
                                            Outcome.NOT_TAKEN,
                                            List.of(),
                                            changes,
                                            reply.code().text() + " " + reply.text())));
        };
    }

    /** The next process finds it in the state directory, and is offered what is wanted then. */
    private Future<Offer> restart(
            String label, Compiled next, List<ConfigChange> changes, String why) {
        settled = false;
        live = false;
        return send.apply(new Command.Restart(next.config()))
                .transform(done -> {
                    boolean taken = done.succeeded() && done.result().code() == ReplyCode.OK;
                    live = done.succeeded() && !taken;
                    String text = taken || !done.succeeded() ? why : done.result().text();
                    Outcome outcome =
                            taken
                                    ? Outcome.RESTART_REQUIRED
                                    : done.succeeded() ? Outcome.NOT_TAKEN : Outcome.UNREACHABLE;
                    return Future.succeededFuture(
                            told(offer(label, outcome, List.of(), changes, text)));
                });
    }

    private Future<Offer> failed(String label, Compiled next, Throwable cause) {
        settled = false;
        return Future.succeededFuture(
                told(
                        offer(
                                label,
                                Outcome.UNREACHABLE,
                                List.of(),
                                changes(next),
                                String.valueOf(cause.getMessage()))));
    }

    private boolean has(LbConfig snapshot) {
        Compiled now = inForce;
        return now != null && now.config().equals(snapshot);
    }

    private boolean isInForce(Compiled compiled) {
        Compiled now = inForce;
        return now != null && now.config().equals(compiled.config());
    }

    private long generation() {
        Compiled now = inForce;
        return now == null ? 0 : now.config().generation();
    }

    private List<ConfigChange> changes(Compiled next) {
        Compiled now = inForce;
        return now == null ? List.of() : ConfigDiff.between(now, next);
    }

    private void adopt(Optional<Compiled> compiled) {
        compiled.ifPresent(now -> {
            inForce = now;
            onInForce.accept(now);
        });
    }

    /** The text that makes what the dataplane has, or comes nearest. */
    private Optional<Compiled> known(Disk disk) {
        if (disk.snapshot().isEmpty()) {
            return Optional.empty();
        }
        LbConfig has = disk.snapshot().get();
        for (Content content : List.of(disk.file(), disk.applied())) {
            if (compile(label(), content.text(), has.generation()) instanceof Compiled compiled
                    && compiled.config().equals(has)) {
                return Optional.of(compiled);
            }
        }
        // Its text is lost: the path manager has nothing to manage until a file says what.
        return Optional.of(new Compiled(has, PathTable.empty()));
    }

    private static Compilation compile(String label, String text, long generation) {
        return LbYaml.compile(label, text, generation);
    }

    private Offer offer(
            String label,
            Outcome outcome,
            List<Problem> problems,
            List<ConfigChange> changes,
            String text) {
        long nowNanos = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        return new Offer(label, nowNanos, outcome, problems, changes, generation(), text);
    }

    private Offer told(Offer offer) {
        latest = offer;
        figures.count(AgentMetric.AGENT_CONFIG_OFFERS, offer.outcome().text());
        onOffer.accept(offer);
        return offer;
    }

    private Future<Disk> read() {
        return vertx.executeBlocking(
                        () ->
                                new Disk(
                                        FileWatch.readText(file),
                                        FileWatch.readText(applied),
                                        readSnapshot(),
                                        Files.exists(refusedSnapshot)),
                        true)
                .map(Objects::requireNonNull);
    }

    private Optional<LbConfig> readSnapshot() throws IOException {
        if (!Files.exists(snapshot)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ConfigFile.read(snapshot));
        } catch (CodecException e) {
            // Of another version, or damaged: the dataplane says what it has by what it answers.
            return Optional.empty();
        }
    }

    private Future<Void> write(Path to, String text) {
        return vertx.executeBlocking(
                        () -> {
                            TextFile.replace(to, text);
                            return to;
                        },
                        true)
                .mapEmpty();
    }
}
