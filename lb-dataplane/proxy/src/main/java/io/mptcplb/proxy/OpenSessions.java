package io.mptcplb.proxy;

/**
 * The sessions that are open, close together, so that letting all of them follow a change costs
 * what they are and not what there is room for. Owner: the worker.
 */
final class OpenSessions {
    /** Sessions that have followed already, which a walk may pass for each one that it visits. */
    private static final int PASSED_PER_VISIT = 8;

    private final Session[] sessions;
    private int count;

    /** Which change it is that a session has followed last; see {@link Session#followed}. */
    private long change;

    private int behind;
    private int at;

    OpenSessions(int capacity) {
        sessions = new Session[capacity];
    }

    int count() {
        return count;
    }

    /** Some sessions have not yet followed what has changed. */
    boolean behind() {
        return behind > 0;
    }

    /** A session whose connection begins with what is in force. */
    void add(Session session) {
        session.place(count);
        session.followed(change);
        sessions[count++] = session;
    }

    void remove(Session session) {
        if (session.followed() != change) {
            behind--;
        }
        Session last = sessions[--count];
        sessions[session.place()] = last;
        last.place(session.place());
    }

    /** Something has changed: every session is to be visited from now on. */
    void startWalk() {
        change++;
        behind = count;
    }

    /**
     * Lets at most {@code max} sessions follow; returns how many did. It goes on from where the
     * last one ended, so that nobody is left out however often things change.
     */
    int walk(long nowNanos, int max) {
        int visited = 0;
        for (int looks = 0;
                behind > 0 && visited < max && looks < PASSED_PER_VISIT * max;
                looks++) {
            at = at < count ? at : 0;
            Session session = sessions[at++];
            if (session.followed() != change) {
                session.followed(change);
                behind--;
                visited++;
                session.follow(nowNanos); // which may end it
            }
        }
        return visited;
    }
}
