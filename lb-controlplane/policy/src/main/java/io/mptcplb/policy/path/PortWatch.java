package io.mptcplb.policy.path;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;

/**
 * Whether one policy trusts one NIC port. Trust is lost at the first fault and comes back after the
 * hold time without one, and never so that more than {@link FailoverConfig#changesMax} changes fall
 * into one window. Without trust, faults that come and go change nothing.
 */
final class PortWatch {
    /** The states of trust. */
    enum Trust {
        TRUSTED,
        /** At least one fault right now. */
        FAULTY,
        /** No fault since {@link #sinceNanos}. */
        HOLDING
    }

    private final String port;
    private final FailoverConfig config;
    private final Map<Fault, String> faults = new EnumMap<>(Fault.class);
    private final ArrayDeque<Long> changesNanos = new ArrayDeque<>();
    private Trust trust = Trust.TRUSTED;
    private long sinceNanos;
    private String lastFault = "";

    PortWatch(String port, FailoverConfig config) {
        this.port = port;
        this.config = config;
    }

    /** The same path under another policy: what is known of it stays known. */
    PortWatch(FailoverConfig config, PortWatch before) {
        this(before.port, config);
        faults.putAll(before.faults);
        changesNanos.addAll(before.changesNanos);
        trust = before.trust;
        sinceNanos = before.sinceNanos;
        lastFault = before.lastFault;
    }

    String port() {
        return port;
    }

    FailoverConfig config() {
        return config;
    }

    boolean isTrusted() {
        return trust == Trust.TRUSTED;
    }

    boolean isFaulty() {
        return trust == Trust.FAULTY;
    }

    boolean isHolding() {
        return trust == Trust.HOLDING;
    }

    /** True when this took the trust away. */
    boolean raise(Fault fault, String text, long nowNanos) {
        faults.put(fault, text);
        lastFault = text;
        boolean lost = isTrusted();
        if (!isFaulty()) {
            trust = Trust.FAULTY;
            sinceNanos = nowNanos;
        }
        if (lost) {
            noteChange(nowNanos);
        }
        return lost;
    }

    void clear(Fault fault, long nowNanos) {
        faults.remove(fault);
        if (isFaulty() && faults.isEmpty()) {
            trust = Trust.HOLDING;
            sinceNanos = nowNanos;
        }
    }

    boolean has(Fault fault) {
        return faults.containsKey(fault);
    }

    /**
     * Set aside before this watch began, or out of sight for a while: the hold time begins anew.
     */
    void hold(String cause, long nowNanos) {
        if (isTrusted()) {
            noteChange(nowNanos);
            lastFault = cause;
        }
        if (!isFaulty()) {
            trust = Trust.HOLDING;
            sinceNanos = nowNanos;
        }
    }

    /** True when the trust came back. */
    boolean onTime(long nowNanos) {
        if (!isHolding() || returnNanos() - nowNanos > 0) {
            return false;
        }
        trust = Trust.TRUSTED;
        sinceNanos = nowNanos;
        noteChange(nowNanos);
        return true;
    }

    /** When trust comes back, if no fault comes before. */
    long returnNanos() {
        long heldNanos = sinceNanos + config.holdNanos();
        // The return is a change, and so is the fault that may follow it at once.
        int over = changesNanos.size() - (config.changesMax() - 2);
        if (over <= 0) {
            return heldNanos;
        }
        long roomNanos = heldNanos;
        for (long changeNanos : changesNanos) {
            roomNanos = changeNanos + config.windowNanos();
            if (--over == 0) {
                break;
            }
        }
        return roomNanos - heldNanos > 0 ? roomNanos : heldNanos;
    }

    /** When the hold time alone is over. */
    private boolean isDamped() {
        return returnNanos() - (sinceNanos + config.holdNanos()) > 0;
    }

    /** How it stands with trust, as the end of a sentence that began with the port. */
    String describe(long nowNanos) {
        String ago = Words.duration(nowNanos - sinceNanos);
        return switch (trust) {
            case TRUSTED -> "no fault";
            case FAULTY -> String.join(" and ", faults.values()) + ", since " + ago;
            case HOLDING ->
                    lastFault
                            + "; without a fault for "
                            + ago
                            + ", returns in "
                            + Words.duration(Math.max(0, returnNanos() - nowNanos))
                            + (isDamped() ? ", damped: " + limit() : "");
        };
    }

    /** What must happen before it is trusted again, as far as that is known now. */
    String outlook(long nowNanos) {
        String text =
                port + " returns after " + Words.duration(config.holdNanos()) + " without a fault";
        long roomNanos = returnNanos() - nowNanos;
        return roomNanos > config.holdNanos()
                ? text + ", not within " + Words.duration(roomNanos) + " (" + limit() + ")"
                : text;
    }

    private String limit() {
        return "at most "
                + config.changesMax()
                + " switches in "
                + Words.duration(config.windowNanos());
    }

    private void noteChange(long nowNanos) {
        changesNanos.addLast(nowNanos);
        while (changesNanos.size() > config.changesMax()) {
            changesNanos.removeFirst();
        }
    }
}
