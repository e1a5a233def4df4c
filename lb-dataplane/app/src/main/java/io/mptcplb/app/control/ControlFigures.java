package io.mptcplb.app.control;

/** What happens on the control socket, in numbers. The control thread writes, any thread reads. */
public final class ControlFigures {
    private volatile int clients;
    private volatile long accepted;
    private volatile long refused;
    private volatile long commands;
    private volatile long commandsRefused;
    private volatile long invalid;
    private volatile long overruns;
    private volatile long resyncs;

    public int clients() {
        return clients;
    }

    public long accepted() {
        return accepted;
    }

    public long refused() {
        return refused;
    }

    public long commands() {
        return commands;
    }

    public long commandsRefused() {
        return commandsRefused;
    }

    public long invalid() {
        return invalid;
    }

    public long overruns() {
        return overruns;
    }

    public long resyncs() {
        return resyncs;
    }

    void onClients(int now) {
        clients = now;
    }

    void onAccepted() {
        accepted = accepted + 1;
    }

    void onRefused() {
        refused = refused + 1;
    }

    void onCommand(boolean carriedOut) {
        if (carriedOut) {
            commands = commands + 1;
        } else {
            commandsRefused = commandsRefused + 1;
        }
    }

    void onInvalid() {
        invalid = invalid + 1;
    }

    void onOverrun() {
        overruns = overruns + 1;
    }

    void onResync() {
        resyncs = resyncs + 1;
    }
}
