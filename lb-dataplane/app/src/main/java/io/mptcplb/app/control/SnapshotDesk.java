package io.mptcplb.app.control;

import io.mptcplb.contract.control.Event;
import io.mptcplb.contract.control.ReplyCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells clients what is true, one worker after the other, a step at a time: whoever asks while a
 * snapshot runs waits for the next one. Owner: the control thread.
 */
final class SnapshotDesk {
    /** A client that takes nothing for so long is not waited for. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final List<WorkerLink> workers;
    private final List<ControlClient> asking = new ArrayList<>();
    private final List<ControlClient> told = new ArrayList<>();
    private boolean running;
    private int at;
    private long progressNanos;

    SnapshotDesk(List<WorkerLink> workers) {
        this.workers = workers;
    }

    void ask(ControlClient client) {
        asking.add(client);
    }

    boolean wanted() {
        return running || !asking.isEmpty();
    }

    /** Starts for all who have asked. */
    private void begin(CommandDesk commands, long nowNanos) {
        running = true;
        at = 0;
        progressNanos = nowNanos;
        told.addAll(asking);
        asking.clear();
        for (ControlClient client : told) {
            client.reply(ReplyCode.OK, "");
            client.beginSnapshot();
            client.tell(new Event.SnapshotBegin(commands.config().generation()));
            for (Event said : commands.said()) {
                client.tell(said);
            }
        }
        workers.getFirst().beginSnapshot();
    }

    /**
     * Goes on, with all workers idle and their rings empty.
     *
     * @return false when there is nothing to do before clients have read
     */
    boolean step(CommandDesk commands, long nowNanos) {
        told.removeIf(client -> client.ended() || !client.inSnapshot());
        if (!running) {
            asking.removeIf(ControlClient::ended);
            if (!asking.isEmpty()) {
                begin(commands, nowNanos);
            }
            return running;
        }
        if (told.isEmpty()) {
            running = false;
            return false;
        }
        if (!keepUp(nowNanos)) {
            return false;
        }
        progressNanos = nowNanos;
        if (!workers.get(at).snapshotTold()) {
            workers.get(at).continueSnapshot();
        } else if (++at < workers.size()) {
            workers.get(at).beginSnapshot();
        } else {
            end();
        }
        return true;
    }

    private boolean keepUp(long nowNanos) {
        boolean all = true;
        for (ControlClient client : told) {
            if (!client.keepsUp()) {
                all = false;
                if (nowNanos - progressNanos >= PATIENCE_NANOS) {
                    client.overrun(1);
                }
            }
        }
        return all;
    }

    private void end() {
        for (ControlClient client : told) {
            client.tell(new Event.SnapshotEnd());
            client.endSnapshot();
        }
        told.clear();
        running = false;
    }
}
