package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * The options of one segment, parsed in one pass into fields that are reused for the next one.
 * Owner: the worker thread; only {@link #parse} writes.
 *
 * <p>Nothing a peer sends is an error here: an option of a wrong length is absent and counted in
 * {@link #malformed}; where the list itself is broken (RFC 9293 s3.1, MUST-7) parsing stops and
 * what came before holds. Of the same option twice, the last counts, as in Linux.
 */
public final class TcpOptions {
    /** Blocks in one SACK option at most: 40 bytes hold no more (RFC 2018 s3). */
    public static final int SACK_BLOCKS_MAX = 4;

    /** Larger shifts count as 14 (RFC 7323 s2.3). */
    public static final int WINDOW_SHIFT_MAX = 14;

    static final int END = 0;
    static final int NOP = 1;
    static final int MSS = 2;
    static final int WINDOW_SCALE = 3;
    static final int SACK_PERMITTED = 4;
    static final int SACK = 5;
    static final int TIMESTAMPS = 8;
    static final int MPTCP = 30;
    static final int FAST_OPEN = 34;

    /** Maximum segment size; 0 when absent. */
    public int mss;

    /** Window scale shift, 0 to 14; -1 when absent. */
    public int windowShift;

    public boolean sackPermitted;

    /** Whether {@link #tsVal} and {@link #tsEcr} are of this segment. */
    public boolean hasTimestamp;

    public int tsVal;
    public int tsEcr;

    /** SACK blocks, 0 to 4; the first may be a D-SACK (RFC 2883). */
    public int sackCount;

    /** First sequence number of each block; valid up to {@link #sackCount}. */
    public final int[] sackLeft = new int[SACK_BLOCKS_MAX];

    /** The sequence number behind each block; valid up to {@link #sackCount}. */
    public final int[] sackRight = new int[SACK_BLOCKS_MAX];

    /** Length of the Fast Open cookie, 0 for a request (RFC 7413 s4.1.1); -1 when absent. */
    public int fastOpenCookieBytes;

    /** Where the cookie lies in the segment; valid as long as its buffer is. */
    public long fastOpenCookie;

    /** Options of a wrong length, and 1 for a broken list; MPTCP's own are counted there. */
    public int malformed;

    /** What kind 30 said. */
    public final MptcpOptions mptcp = new MptcpOptions();

    public TcpOptions() {
        clear();
    }

    /** No option at all. */
    public void clear() {
        mss = 0;
        windowShift = -1;
        sackPermitted = false;
        hasTimestamp = false;
        sackCount = 0;
        fastOpenCookieBytes = -1;
        malformed = 0;
        mptcp.clear();
    }

    /**
     * Forgets the last segment and reads the options between {@link TcpView#optionsAddress} and the
     * payload. Never throws; work is bounded by {@code bytes}.
     *
     * @param bytes {@link TcpView#optionsBytes}, 0 to 40
     */
    public void parse(long address, int bytes) {
        clear();
        long at = address;
        long end = address + bytes;
        while (at < end) {
            int kind = Mem.u8(at);
            if (kind == NOP) {
                at++;
                continue;
            }
            if (kind == END) {
                return;
            }
            int length = at + 1 < end ? Mem.u8(at + 1) : 0;
            if (length < 2 || length > end - at) {
                malformed++;
                return;
            }
            parseOne(kind, at, length);
            at += length;
        }
    }

    private void parseOne(int kind, long at, int length) {
        switch (kind) {
            case TIMESTAMPS -> parseTimestamps(at, length);
            case MPTCP -> mptcp.parse(at, length);
            case SACK -> parseSack(at, length);
            case MSS -> {
                if (fits(length, 4)) {
                    mss = Mem.u16(at + 2);
                }
            }
            case WINDOW_SCALE -> {
                if (fits(length, 3)) {
                    windowShift = Math.min(Mem.u8(at + 2), WINDOW_SHIFT_MAX);
                }
            }
            case SACK_PERMITTED -> {
                if (fits(length, 2)) {
                    sackPermitted = true;
                }
            }
            case FAST_OPEN -> parseFastOpen(at, length);
            default -> {} // RFC 9293 s3.1, MUST-6: unknown options are ignored.
        }
    }

    private boolean fits(int length, int wanted) {
        if (length == wanted) {
            return true;
        }
        malformed++;
        return false;
    }

    private void parseTimestamps(long at, int length) {
        if (fits(length, 10)) {
            hasTimestamp = true;
            tsVal = Mem.u32(at + 2);
            tsEcr = Mem.u32(at + 6);
        }
    }

    private void parseSack(long at, int length) {
        int count = (length - 2) / 8;
        if (count < 1 || count > SACK_BLOCKS_MAX || length != 2 + 8 * count) {
            malformed++;
            return;
        }
        for (int i = 0; i < count; i++) {
            sackLeft[i] = Mem.u32(at + 2 + 8L * i);
            sackRight[i] = Mem.u32(at + 6 + 8L * i);
        }
        sackCount = count;
    }

    /** RFC 7413 s4.1.1: a cookie has 4 to 16 bytes, an even number; none is a request. */
    private void parseFastOpen(long at, int length) {
        int cookieBytes = length - 2;
        boolean legal = cookieBytes == 0 || (cookieBytes >= 4 && cookieBytes <= 16);
        if (!legal || (cookieBytes & 1) != 0) {
            malformed++;
            return;
        }
        fastOpenCookieBytes = cookieBytes;
        fastOpenCookie = at + 2;
    }
}
