package io.mptcplb.controlplane.agent;

import io.mptcplb.contract.IpAddress;
import io.mptcplb.contract.control.Event;
import java.util.concurrent.TimeUnit;

/** Events as a box with two client ports would raise them. */
final class SampleEvents {
    static final long BEGIN_NANOS = TimeUnit.SECONDS.toNanos(1_800_000_000L);

    private SampleEvents() {}

    static Event.ConnectionOpened opened(long connection) {
        return new Event.ConnectionOpened(
                connection,
                "web",
                IpAddress.parse("198.51.100.77"),
                40_000,
                IpAddress.parse("198.51.100.10"),
                443,
                0x12345678,
                1,
                0x01,
                0x21,
                "",
                BEGIN_NANOS);
    }

    static Event.ConnectionOpened openedPlain(long connection, int offeredVersion, String why) {
        return new Event.ConnectionOpened(
                connection,
                "web",
                IpAddress.parse("2001:db8::77"),
                40_000,
                IpAddress.parse("2001:db8::10"),
                443,
                0,
                offeredVersion,
                0,
                -1,
                why,
                BEGIN_NANOS);
    }

    static Event.SubflowOpened subflow(long connection, int subflow, String port, boolean backup) {
        return new Event.SubflowOpened(
                connection,
                subflow,
                port,
                IpAddress.parse(port.equals("isp-a") ? "198.51.100.10" : "203.0.113.10"),
                443,
                IpAddress.parse("203.0.113.77"),
                40_000 + subflow,
                subflow - 1,
                backup,
                false,
                BEGIN_NANOS + 1_000_000L * subflow);
    }
}
