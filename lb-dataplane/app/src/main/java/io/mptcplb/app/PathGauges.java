package io.mptcplb.app;

import io.mptcplb.stack.mptcp.MptcpConnection;
import io.mptcplb.stack.mptcp.MptcpStack;
import io.mptcplb.stack.mptcp.Subflow;
import io.mptcplb.stack.tcp.TcpSender;

/**
 * How the subflows of MPTCP connections stand on each NIC port, by looking at all of them: a
 * bounded number in each call, so that a round over many connections takes several. Owner: the
 * worker thread.
 */
final class PathGauges {
    private static final int CONNECTIONS_PER_LOOK_MAX = 512;

    private final MptcpStack mptcp;
    private final Column inFlightBytes;
    private final Column cwndBytes;
    private final int perLook;
    private int next;

    PathGauges(MptcpStack mptcp, int ports) {
        this.mptcp = mptcp;
        // Two looks at least: a rehearsal's few connections show both ways out of one (ADR 9).
        perLook = Math.clamp(mptcp.connectionCapacity() / 2, 1, CONNECTIONS_PER_LOOK_MAX);
        inFlightBytes = new Column(ports);
        cwndBytes = new Column(ports);
    }

    /** Looks at some connections; after the last one the figures are new. */
    void look() {
        int end = Math.min(next + perLook, mptcp.connectionCapacity());
        for (; next < end; next++) {
            MptcpConnection connection = mptcp.connection(next);
            for (int i = 0; i < connection.subflowCount(); i++) {
                add(connection.subflow(i));
            }
        }
        if (next == mptcp.connectionCapacity()) {
            next = 0;
            inFlightBytes.publish();
            cwndBytes.publish();
        }
    }

    private void add(Subflow subflow) {
        if (!subflow.mayCarryData()) {
            return;
        }
        int port = subflow.portIndex();
        TcpSender sender = subflow.tcp().sender();
        inFlightBytes.sums[port] += sender.pipeBytes();
        cwndBytes.sums[port] += sender.cwndBytes();
    }

    long inFlightBytes(int port) {
        return inFlightBytes.published[port];
    }

    long cwndBytes(int port) {
        return cwndBytes.published[port];
    }

    /** One figure per port: the sums of the round at hand, and those of the last whole round. */
    private static final class Column {
        final long[] sums;
        final long[] published;

        Column(int ports) {
            sums = new long[ports];
            published = new long[ports];
        }

        void publish() {
            for (int i = 0; i < sums.length; i++) {
                published[i] = sums[i];
                sums[i] = 0;
            }
        }
    }
}
