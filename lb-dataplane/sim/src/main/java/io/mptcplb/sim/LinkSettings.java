package io.mptcplb.sim;

/**
 * How one direction of a link treats frames. Chances are in parts per thousand.
 *
 * @param delayNanos one way
 * @param bitsPerSecond rate, 0 for none
 * @param queueBytes most bytes that wait for the rate
 * @param lossPerMille frames that vanish
 * @param reorderPerMille frames that take a detour of {@code reorderNanos}
 * @param duplicatePerMille frames that arrive twice
 * @param corruptPerMille frames in which one bit flips
 */
public record LinkSettings(
        long delayNanos,
        long bitsPerSecond,
        int queueBytes,
        int lossPerMille,
        int reorderPerMille,
        int duplicatePerMille,
        int corruptPerMille) {
    /** A good path: 100 us, no limit, no fault. */
    public static final LinkSettings CLEAN = new LinkSettings(100_000, 0, 1 << 20, 0, 0, 0, 0);

    public LinkSettings withDelay(long nanos) {
        return new LinkSettings(
                nanos,
                bitsPerSecond,
                queueBytes,
                lossPerMille,
                reorderPerMille,
                duplicatePerMille,
                corruptPerMille);
    }

    public LinkSettings withRate(long bits, int queue) {
        return new LinkSettings(
                delayNanos,
                bits,
                queue,
                lossPerMille,
                reorderPerMille,
                duplicatePerMille,
                corruptPerMille);
    }

    /** Loss, reordering, duplication and corruption in parts per thousand. */
    public LinkSettings withFaults(int loss, int reorder, int duplicate, int corrupt) {
        return new LinkSettings(
                delayNanos, bitsPerSecond, queueBytes, loss, reorder, duplicate, corrupt);
    }

    /**
     * Extra time of a frame that takes the detour: as long as three ordinary ones follow each
     * other.
     */
    long reorderNanos() {
        return Math.max(delayNanos, 200_000);
    }
}
