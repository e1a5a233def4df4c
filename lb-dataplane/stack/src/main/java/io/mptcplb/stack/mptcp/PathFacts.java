package io.mptcplb.stack.mptcp;

/** What MPTCP did on each NIC port: columns by port index, read by the application for metrics. */
public final class PathFacts {
    private final long[] receivedBytes;
    private final long[] sentBytes;
    private final long[] joins;
    private final long[] stalls;
    private final long[] reinjectedBytes;
    private final int[] subflows;
    private final int[] backups;
    private final int[] stalled;

    PathFacts(int ports) {
        receivedBytes = new long[ports];
        sentBytes = new long[ports];
        joins = new long[ports];
        stalls = new long[ports];
        reinjectedBytes = new long[ports];
        subflows = new int[ports];
        backups = new int[ports];
        stalled = new int[ports];
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

    /** Subflows established now on all ports. */
    public int subflows() {
        int sum = 0;
        for (int each : subflows) {
            sum += each;
        }
        return sum;
    }

    /** Of a port's subflows, how many serve as backup. */
    public int backupSubflows(int portIndex) {
        return backups[portIndex];
    }

    /** Of a port's subflows, how many have data outstanding and an expired retransmission timer. */
    public int stalledSubflows(int portIndex) {
        return stalled[portIndex];
    }

    /** Payload bytes sent here after another subflow had failed to deliver them. */
    public long reinjectedBytes(int portIndex) {
        return reinjectedBytes[portIndex];
    }

    void onReinjected(int portIndex, int bytes) {
        reinjectedBytes[portIndex] += bytes;
    }

    void onBackup(int portIndex, boolean isNow) {
        backups[portIndex] += isNow ? 1 : -1;
    }

    void onSilent(int portIndex, boolean isNow) {
        stalled[portIndex] += isNow ? 1 : -1;
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
