package io.mptcplb.stack.congestion;

/** CUBIC (RFC 9438) with HyStart++ (RFC 9406) in slow start. */
public final class Cubic implements CongestionControl {
    private static final double C = 0.4;
    private static final double BETA = 0.7;
    private static final double RENO_ALPHA = 3.0 * (1.0 - BETA) / (1.0 + BETA);
    private static final int INITIAL_SEGMENTS = 10;
    private static final int CWND_BYTES_MAX = 1 << 28;

    private final HyStart hyStart = new HyStart();
    private int mssBytes;
    private double cwnd;
    private int ssthresh;

    /** Window before the last reduction, in segments, and the moment and shape of growth since. */
    private double wMax;

    private double wEst;
    private double k;
    private long epochNanos;
    private boolean epochRunning;

    private double priorCwnd;
    private int priorSsthresh;
    private double priorWMax;

    @Override
    public void reset(int newMssBytes) {
        mssBytes = newMssBytes;
        cwnd = (double) INITIAL_SEGMENTS * newMssBytes;
        ssthresh = Integer.MAX_VALUE;
        wMax = 0;
        epochRunning = false;
        priorCwnd = 0;
        hyStart.reset();
    }

    @Override
    public void onMssChange(int newMssBytes) {
        mssBytes = newMssBytes;
        cwnd = Math.max(cwnd, newMssBytes);
    }

    @Override
    public void onAcked(
            int ackedBytes, long rttNanos, long srttNanos, boolean roundStart, long nowNanos) {
        if (cwnd < ssthresh) {
            slowStart(ackedBytes, rttNanos, roundStart);
        } else {
            avoidCongestion(ackedBytes, srttNanos, nowNanos);
        }
        cwnd = Math.min(cwnd, CWND_BYTES_MAX);
    }

    private void slowStart(int ackedBytes, long rttNanos, boolean roundStart) {
        if (ssthresh == Integer.MAX_VALUE) {
            hyStart.onSample(rttNanos, roundStart);
            if (hyStart.finished()) {
                ssthresh = (int) cwnd;
            }
        }
        cwnd += hyStart.increase(ackedBytes);
    }

    /** RFC 9438 s4.2 to s4.5, the window in segments. */
    private void avoidCongestion(int ackedBytes, long srttNanos, long nowNanos) {
        double segments = cwnd / mssBytes;
        if (!epochRunning) {
            startEpoch(segments, nowNanos);
        }
        double ackedSegments = (double) ackedBytes / mssBytes;
        double t = (nowNanos - epochNanos) / 1e9;
        double wCubic = cubic(t);
        wEst += (wEst >= wMax ? 1.0 : RENO_ALPHA) * ackedSegments / segments;
        if (wCubic < wEst) {
            cwnd = Math.max(cwnd, wEst * mssBytes);
            return;
        }
        double target = Math.min(Math.max(cubic(t + srttNanos / 1e9), segments), 1.5 * segments);
        cwnd += (target - segments) / segments * ackedSegments * mssBytes;
    }

    private void startEpoch(double segments, long nowNanos) {
        epochRunning = true;
        epochNanos = nowNanos;
        if (wMax < segments) {
            wMax = segments;
        }
        k = Math.cbrt((wMax - segments) / C);
        wEst = segments;
    }

    private double cubic(double t) {
        double d = t - k;
        return C * d * d * d + wMax;
    }

    @Override
    public void onLoss(int flightBytes, long nowNanos) {
        remember();
        double segments = cwnd / mssBytes;
        // Fast convergence, RFC 9438 s4.7: leave room to newcomers when losses come below the last
        // maximum.
        wMax = segments < wMax ? segments * (1.0 + BETA) / 2.0 : segments;
        ssthresh =
                Math.max(
                        (int) (Math.min(cwnd, Math.max(flightBytes, 2.0 * mssBytes)) * BETA),
                        2 * mssBytes);
        epochRunning = false;
    }

    @Override
    public void onTimeout(int flightBytes, long nowNanos) {
        onLoss(flightBytes, nowNanos);
        cwnd = mssBytes;
    }

    private void remember() {
        priorCwnd = cwnd;
        priorSsthresh = ssthresh;
        priorWMax = wMax;
    }

    @Override
    public void onSpurious() {
        if (priorCwnd > 0) {
            cwnd = Math.max(cwnd, priorCwnd);
            ssthresh = priorSsthresh;
            wMax = priorWMax;
            priorCwnd = 0;
        }
        epochRunning = false;
    }

    @Override
    public void onIdle(long nowNanos) {
        cwnd = Math.min(cwnd, (double) INITIAL_SEGMENTS * mssBytes);
        epochRunning = false;
    }

    @Override
    public int cwnd() {
        return (int) cwnd;
    }

    @Override
    public void setCwnd(int bytes) {
        cwnd = Math.max(bytes, mssBytes);
    }

    @Override
    public int ssthresh() {
        return ssthresh;
    }
}
