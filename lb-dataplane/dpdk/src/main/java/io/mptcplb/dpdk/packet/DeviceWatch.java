package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.Poller;
import java.util.List;

/**
 * A thread that watches over the devices of packet ports: it looks at all of them whenever the
 * kernel has news of any interface, and ten times a second besides (the kernel holds back the news
 * of a carrier that comes and goes for up to a second). The workers ask nothing: an answer may take
 * long.
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

    private final List<PacketPort> ports;
    private final Listener listener;
    private final long goneNanosMax;
    private final LinkNews news = new LinkNews();
    private final Poller poller = new Poller();
    private final Thread thread;
    private volatile boolean stopping;

    private DeviceWatch(List<PacketPort> ports, Listener listener, long goneNanosMax) {
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
     * @param goneNanosMax after so long without any device {@link Listener#onAllGone} is called
     */
    public static DeviceWatch start(List<PacketPort> ports, Listener listener, long goneNanosMax) {
        DeviceWatch watch = new DeviceWatch(ports, listener, goneNanosMax);
        watch.thread.start();
        return watch;
    }

    private void watch() {
        long presentNanos = System.nanoTime();
        boolean told = false;
        while (!stopping) {
            news.drain();
            long nowNanos = System.nanoTime();
            if (look()) {
                presentNanos = nowNanos;
                told = false;
            } else if (!told && nowNanos - presentNanos >= goneNanosMax) {
                told = true;
                listener.onAllGone();
            }
            poller.await(Poller.WAIT_NANOS_MAX);
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
