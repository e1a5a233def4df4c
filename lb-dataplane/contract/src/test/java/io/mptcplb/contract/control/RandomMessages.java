package io.mptcplb.contract.control;

import io.mptcplb.contract.AdvertiseConfig;
import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.IpPrefix;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.RandomConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** One valid message of every kind, from a seeded generator. */
final class RandomMessages {
    private final SplittableRandom random;

    RandomMessages(long seed) {
        random = new SplittableRandom(seed);
    }

    /** In the order of their numbers. */
    List<Message> ofEveryKind() {
        List<Message> messages = new ArrayList<>(commands());
        messages.add(new Reply(random.nextLong(), any(ReplyCode.values()), text()));
        messages.addAll(events());
        return messages;
    }

    private List<Command> commands() {
        LbConfig config;
        do {
            config = new RandomConfigs(random).next();
        } while (config.pools().isEmpty());
        return List.of(
                new Command.Hello(random.nextInt(), name()),
                new Command.ApplyConfig(config),
                new Command.ApplyEndpoints(config.pools()),
                new Command.SetPathPriority(selector(), any(PathPriority.values())),
                new Command.Announce(
                        name(),
                        new AdvertiseConfig(
                                random.nextInt(1, 256), name(), address(), random.nextInt(65_536))),
                new Command.Withdraw(name(), random.nextInt(1, 256)),
                new Command.SetSubflowLimit(name(), maybe(random.nextInt(9))),
                new Command.Drain(name(), random.nextBoolean()),
                new Command.Resync(),
                new Command.Restart(config));
    }

    private List<Event> events() {
        long connection = random.nextLong();
        int subflow = random.nextInt();
        long nanos = random.nextLong();
        return List.of(
                new Event.SnapshotBegin(random.nextLong()),
                new Event.SnapshotEnd(),
                new Event.Overrun(random.nextLong()),
                new Event.ConfigApplied(random.nextLong()),
                new Event.PolicySettled(random.nextLong()),
                new Event.PortLink(name(), random.nextBoolean()),
                new Event.PathRule(selector(), any(PathPriority.values())),
                new Event.ConnectionOpened(
                        connection,
                        name(),
                        address(),
                        random.nextInt(),
                        address(),
                        random.nextInt(),
                        random.nextInt(),
                        -1,
                        random.nextInt(),
                        -1,
                        text(),
                        nanos),
                new Event.ConnectionFellBack(connection, text(), nanos),
                new Event.BackendChosen(connection, name(), name(), nanos),
                new Event.ConnectionClosed(connection, text(), 1L << 40, 0, nanos),
                new Event.SubflowOpened(
                        connection,
                        subflow,
                        name(),
                        address(),
                        random.nextInt(),
                        address(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextBoolean(),
                        random.nextBoolean(),
                        nanos),
                new Event.SubflowPriority(
                        connection, subflow, random.nextBoolean(), random.nextBoolean(), nanos),
                new Event.SubflowStalled(connection, subflow, random.nextBoolean(), nanos),
                new Event.SubflowClosed(connection, subflow, text(), text(), nanos),
                new Event.JoinRefused(connection, address(), random.nextInt(), text(), nanos),
                new Event.AddressAnnounced(
                        connection,
                        random.nextInt(),
                        address(),
                        random.nextInt(),
                        random.nextBoolean(),
                        nanos),
                new Event.AddressEchoed(connection, random.nextInt(), nanos),
                new Event.AddressRemoved(connection, random.nextInt(), random.nextBoolean(), nanos),
                new Event.Draining(name(), random.nextBoolean()));
    }

    private PathSelector selector() {
        IpPrefix prefix = new IpPrefix(address(), random.nextInt(33));
        return new PathSelector(maybe(name()), maybe(name()), maybe(prefix));
    }

    private <T> Optional<T> maybe(T value) {
        return random.nextInt(4) == 0 ? Optional.empty() : Optional.of(value);
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private String name() {
        return "n" + random.nextInt(1_000_000);
    }

    private String text() {
        return random.nextInt(4) == 0 ? "" : "größer als " + random.nextInt(100);
    }

    private IpAddress address() {
        return random.nextBoolean()
                ? IpAddress.v4(0xc633_6400 | random.nextInt(256))
                : new IpAddress(0x2001_0db8_0000_0000L, random.nextLong());
    }
}
