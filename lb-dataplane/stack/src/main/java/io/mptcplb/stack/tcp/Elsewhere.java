package io.mptcplb.stack.tcp;

import io.mptcplb.stack.flow.FlowTable;
import io.mptcplb.stack.ip.Crew;
import io.mptcplb.stack.ip.IpFacts;
import io.mptcplb.stack.ip.Route;
import io.mptcplb.stack.random.KeySource;

/**
 * Which flows other workers have. A flow's frames arrive at its home, which serves them itself
 * unless another worker has said that the flow is its own: a subflow belongs to the worker of its
 * connection, wherever it is at home. Each entry here is that worker's: it says when the flow
 * begins, and when it ends.
 */
final class Elsewhere {
    /** This worker. */
    static final int HERE = -1;

    private final Crew crew;
    private final FlowTable owners;

    /** {@code flowsMax}: of all other workers together. */
    Elsewhere(Crew crew, int flowsMax, KeySource keys) {
        this.crew = crew;
        owners = new FlowTable(crew.workers() == 1 ? 1 : flowsMax, keys);
    }

    /** Flows at home here that are another worker's. */
    int size() {
        return owners.size();
    }

    boolean isHome(IpFacts facts, int localPort, int remotePort) {
        return home(facts.remoteHi(), facts.remoteLo(), localPort, remotePort) == crew.worker();
    }

    private int home(long remoteHi, long remoteLo, int localPort, int remotePort) {
        return crew.homeOf(remoteHi, remoteLo, localPort, remotePort);
    }

    /** The worker to ask about a flow that is none of ours: its home, or its owner; or HERE. */
    int ownerOf(IpFacts facts, int localPort, int remotePort) {
        int home = home(facts.remoteHi(), facts.remoteLo(), localPort, remotePort);
        if (home != crew.worker()) {
            return home;
        }
        int owner =
                owners.find(
                        facts.localHi(),
                        facts.localLo(),
                        facts.remoteHi(),
                        facts.remoteLo(),
                        localPort,
                        remotePort);
        return owner == FlowTable.NOT_FOUND ? HERE : owner;
    }

    // ---- what others say

    /**
     * A flow that is at home here is the owner's. Where a peer has told two owners the same tuple
     * at once, the first has it.
     */
    void begins(
            int owner,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        int known = owners.find(localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
        if (known == FlowTable.NOT_FOUND) {
            owners.insert(localHi, localLo, remoteHi, remoteLo, localPort, remotePort, owner);
        }
    }

    /** The owner has it no more. */
    void ends(
            int owner,
            long localHi,
            long localLo,
            long remoteHi,
            long remoteLo,
            int localPort,
            int remotePort) {
        int known = owners.find(localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
        if (known == owner) {
            owners.remove(localHi, localLo, remoteHi, remoteLo, localPort, remotePort);
        }
    }

    // ---- what we say

    /** A flow is ours. False when its home cannot be told. */
    boolean tellBegin(IpFacts facts, int localPort, int remotePort) {
        int home = home(facts.remoteHi(), facts.remoteLo(), localPort, remotePort);
        return home == crew.worker()
                || crew.others()
                        .flowBegins(
                                home,
                                facts.localHi(),
                                facts.localLo(),
                                facts.remoteHi(),
                                facts.remoteLo(),
                                localPort,
                                remotePort);
    }

    /** A flow that was ours is nobody's. */
    void tellEnd(Route route, int localPort, int remotePort) {
        int home = home(route.remoteHi(), route.remoteLo(), localPort, remotePort);
        if (home != crew.worker()) {
            crew.others()
                    .flowEnds(
                            home,
                            route.localHi(),
                            route.localLo(),
                            route.remoteHi(),
                            route.remoteLo(),
                            localPort,
                            remotePort);
        }
    }
}
