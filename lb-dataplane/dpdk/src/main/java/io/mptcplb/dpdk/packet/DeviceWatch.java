package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.Poller;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A thread that watches over the devices of packet ports: it looks at all of them whenever the
 * kernel has news of any interface, and now and then besides. The kernel holds back the news of a
 * carrier that comes and goes for up to a second; so the links alone are asked for all the time.
 * The workers ask nothing: an answer may take long.
 */
public final class DeviceWatch implements AutoCloseable {
    /** Who wants to know; called by the watch's thread. */
    public interface Listener {
        /** The port's worker does not know yet. */
        void onChange(PacketPort port, DeviceChange change, DeviceFacts now);

        /** The ports' {@link PacketPort#linkUp} has something to say. */
        void onNews();

        /** None of the ports has had a device for as long as was to be waited. */
        void onAllGone();
    }

    /** A link that is down is known so soon, whatever the kernel says of it. */
    private static final long GLANCE_NANOS = 15_000_000L;

    private static final long LOOK_NANOS = 100_000_000L;

    private final List<PacketPort> ports;
    private final Listener listener;
    private final LongSupplier clock;
    private final long goneNanosMax;
    private final LinkNews news = new LinkNews();
    private final Poller poller = new Poller();
    private final Thread thread;
    private volatile boolean stopping;

    // The watch's thread only.
    private boolean told;
    private boolean givenUp;
    private long presentNanos;

    private DeviceWatch(
            List<PacketPort> ports, Listener listener, LongSupplier clock, long goneNanosMax) {
        this.clock = clock;
        presentNanos = clock.getAsLong();
        this.ports = List.copyOf(ports);
        this.listener = listener;
        this.goneNanosMax = goneNanosMax;
        poller.add(news.descriptor());
        thread = Thread.ofPlatform().name("devices").daemon().unstarted(this::watch);
    }

    /**
     * Watches from now on; called in the ports' network namespace. The ports stay open until the
     * watch is closed.
     *
     * @param clock nanoseconds that only grow
     * @param goneNanosMax after so long without any device {@link Listener#onAllGone} is called
     */
    public static DeviceWatch start(
            List<PacketPort> ports, Listener listener, LongSupplier clock, long goneNanosMax) {
        DeviceWatch watch = new DeviceWatch(ports, listener, clock, goneNanosMax);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        long lookedNanos = clock.getAsLong() - LOOK_NANOS;
        while (!stopping) {
            long nowNanos = clock.getAsLong();
            if (told || nowNanos - lookedNanos >= LOOK_NANOS || linkTurned()) {
                news.drain(); // first: what comes from here on is for the next time
                lookedNanos = nowNanos;
                judge(look(), nowNanos);
            }
            told = poller.await(GLANCE_NANOS);
        }
    }

    private boolean linkTurned() {
        for (PacketPort port : ports) {
            if (port.linkTurned()) {
                return true;
            }
        }
        return false;
    }

    private void judge(boolean present, long nowNanos) {
        if (present) {
            presentNanos = nowNanos;
            givenUp = false;
        } else if (!givenUp && nowNanos - presentNanos >= goneNanosMax) {
            givenUp = true;
            listener.onAllGone();
        }
    }

    /** True when some port has a device. */
    private boolean look() {
        boolean changed = false;
        boolean present = false;
        for (PacketPort port : ports) {
            DeviceFacts before = port.device();
            DeviceFacts now = port.look();
            present |= now.present();
            for (DeviceChange change : DeviceChange.between(before, now)) {
                changed = true;
                listener.onChange(port, change, now);
            }
        }
        if (changed) {
            listener.onNews();
        }
        return present;
    }

    @Override
    public void close() {
        stopping = true;
        poller.wake();
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
        news.close();
        poller.close();
    }
}
