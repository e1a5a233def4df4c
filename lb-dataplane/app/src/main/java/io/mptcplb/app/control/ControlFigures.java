package io.mptcplb.app.control;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What happens on the control socket, in numbers. The control thread writes, any thread reads. */
public final class ControlFigures {
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong commands = new AtomicLong();
    private final AtomicLong commandsRefused = new AtomicLong();
    private final AtomicLong invalid = new AtomicLong();
    private final AtomicLong overruns = new AtomicLong();
    private final AtomicLong resyncs = new AtomicLong();

    public int clients() {
        return clients.get();
    }

    public long accepted() {
        return accepted.get();
    }

    public long refused() {
        return refused.get();
    }

    public long commands() {
        return commands.get();
    }

    public long commandsRefused() {
        return commandsRefused.get();
    }

    public long invalid() {
        return invalid.get();
    }

    public long overruns() {
        return overruns.get();
    }

    public long resyncs() {
        return resyncs.get();
    }

    void onClients(int now) {
        clients.set(now);
    }

    void onAccepted() {
        accepted.incrementAndGet();
    }

    void onRefused() {
        refused.incrementAndGet();
    }

    void onCommand(boolean carriedOut) {
        (carriedOut ? commands : commandsRefused).incrementAndGet();
    }

    void onInvalid() {
        invalid.incrementAndGet();
    }

    void onOverrun() {
        overruns.incrementAndGet();
    }

    void onResync() {
        resyncs.incrementAndGet();
    }
}
