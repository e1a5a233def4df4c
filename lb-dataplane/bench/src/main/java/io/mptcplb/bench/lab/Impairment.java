package io.mptcplb.bench.lab;

/**
 * What a {@link Relay} does to the frames of one direction. Percentages are drawn per frame, from
 * the relay's seed and the frame's number alone.
 *
 * @param lossPercent frames that vanish
 * @param duplicatePercent frames that are sent twice
 * @param reorderPercent frames that are overtaken by the next {@code reorderFrames}
 * @param reorderFrames how many overtake, unless none comes for 20 ms
 * @param delayNanos that every frame takes longer
 * @param jitterNanos at most so much more, drawn per frame; keeps their order
 * @param rateMbit whole frames; 0 is unlimited
 * @param dark nothing passes
 */
public record Impairment(
        double lossPercent,
        double duplicatePercent,
        double reorderPercent,
        int reorderFrames,
        long delayNanos,
        long jitterNanos,
        double rateMbit,
        boolean dark) {
    public static final Impairment NONE = new Impairment(0, 0, 0, 3, 0, 0, 0, false);

    public Impairment loss(double percent) {
        return new Impairment(
                percent,
                duplicatePercent,
                reorderPercent,
                reorderFrames,
                delayNanos,
                jitterNanos,
                rateMbit,
                dark);
    }

    public Impairment duplicate(double percent) {
        return new Impairment(
                lossPercent,
                percent,
                reorderPercent,
                reorderFrames,
                delayNanos,
                jitterNanos,
                rateMbit,
                dark);
    }

    public Impairment reorder(double percent, int frames) {
        return new Impairment(
                lossPercent,
                duplicatePercent,
                percent,
                frames,
                delayNanos,
                jitterNanos,
                rateMbit,
                dark);
    }

    public Impairment delayMillis(double delay, double jitter) {
        return new Impairment(
                lossPercent,
                duplicatePercent,
                reorderPercent,
                reorderFrames,
                Math.round(delay * 1e6),
                Math.round(jitter * 1e6),
                rateMbit,
                dark);
    }

    public Impairment rate(double mbit) {
        return new Impairment(
                lossPercent,
                duplicatePercent,
                reorderPercent,
                reorderFrames,
                delayNanos,
                jitterNanos,
                mbit,
                dark);
    }

    Impairment dark(boolean value) {
        return new Impairment(
                lossPercent,
                duplicatePercent,
                reorderPercent,
                reorderFrames,
                delayNanos,
                jitterNanos,
                rateMbit,
                value);
    }
}
