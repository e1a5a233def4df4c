package io.mptcplb.contract;

/**
 * Packet memory, in truesize: a buffer counts whole, however little of it is filled.
 *
 * @param memory where buffers live
 * @param count buffers of each worker's pool, 1,024 to 4,194,304
 * @param roomBytes bytes a buffer holds, headroom of 128 included; 512 to 65,535
 * @param receiveReserve buffers of each port that queues may not take, so that the ACKs which free
 *     memory can always arrive; 0 = its receive ring and four bursts
 * @param sessionBudgetBytes what both directions of one session may hold, at least 65,536
 * @param workerBudgetBytes what all sessions of one worker may hold; 0 = the pool less the receive
 *     reserves
 */
public record BufferConfig(
        MemoryMode memory,
        int count,
        int roomBytes,
        int receiveReserve,
        long sessionBudgetBytes,
        long workerBudgetBytes) {
    public static final int COUNT_MIN = 1 << 10;
    public static final int COUNT_MAX = 1 << 22;
    public static final int ROOM_BYTES_MIN = 512;
    public static final int ROOM_BYTES_MAX = 65_535;

    /**
     * As much as leaves room in a page for all that belongs to a buffer, as AF_XDP wants it: what
     * super-frames cost depends on the number of their buffers.
     */
    public static final int ROOM_BYTES_DEFAULT = 3520;

    public static final long SESSION_BUDGET_BYTES_MIN = 1 << 16;
    public static final long SESSION_BUDGET_BYTES_MAX = 1L << 30;
    public static final long WORKER_BUDGET_BYTES_MAX = 1L << 40;

    public BufferConfig {
        Rules.range("buffers.count", count, COUNT_MIN, COUNT_MAX);
        Rules.range("buffers.room", roomBytes, ROOM_BYTES_MIN, ROOM_BYTES_MAX);
        Rules.range("buffers.receiveReserve", receiveReserve, 0, count / 2);
        Rules.range(
                "buffers.sessionBudget",
                sessionBudgetBytes,
                SESSION_BUDGET_BYTES_MIN,
                SESSION_BUDGET_BYTES_MAX);
        Rules.range("buffers.workerBudget", workerBudgetBytes, 0, WORKER_BUDGET_BYTES_MAX);
        Rules.require(
                workerBudgetBytes == 0 || workerBudgetBytes >= sessionBudgetBytes,
                "buffers.workerBudget",
                "less than one session's budget");
    }

    /** 32,768 plain buffers of {@link #ROOM_BYTES_DEFAULT}, and 24 MiB for a session. */
    public static BufferConfig defaults() {
        return new BufferConfig(MemoryMode.PLAIN, 1 << 15, ROOM_BYTES_DEFAULT, 0, 24L << 20, 0);
    }
}
