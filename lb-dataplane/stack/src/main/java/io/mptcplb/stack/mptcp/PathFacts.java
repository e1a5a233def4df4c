package io.mptcplb.stack.mptcp;

/** What MPTCP did on each NIC port: columns by port index, read by the application for metrics. */
public final class PathFacts {
    private final long[] receivedBytes;
    private final long[] sentBytes;
    private final long[] joins;
    private final long[] stalls;
    private final int[] subflows;

    PathFacts(int ports) {
        receivedBytes = new long[ports];
        sentBytes = new long[ports];
        joins = new long[ports];
        stalls = new long[ports];
        subflows = new int[ports];
    }

    /** Payload bytes that arrived in subflow order, duplicates on another subflow included. */
    public long receivedBytes(int portIndex) {
        return receivedBytes[portIndex];
    }

    /** Payload bytes sent, reinjected ones included, TCP's own retransmissions not. */
    public long sentBytes(int portIndex) {
        return sentBytes[portIndex];
    }

    /** Joins established, since start. */
    public long joins(int portIndex) {
        return joins[portIndex];
    }

    /** Times a subflow here fell silent with data outstanding while another lived. */
    public long stalls(int portIndex) {
        return stalls[portIndex];
    }

    /** Subflows established now. */
    public int subflows(int portIndex) {
        return subflows[portIndex];
    }

    void onReceived(int portIndex, int bytes) {
        receivedBytes[portIndex] += bytes;
    }

    void onSent(int portIndex, int bytes) {
        sentBytes[portIndex] += bytes;
    }

    void onEstablished(int portIndex, boolean join) {
        subflows[portIndex]++;
        if (join) {
            joins[portIndex]++;
        }
    }

    void onClosed(int portIndex) {
        subflows[portIndex]--;
    }

    void onStalled(int portIndex) {
        stalls[portIndex]++;
    }
}
