package io.mptcplb.bench.sys;

import java.io.IOException;
import java.util.Map;

/** A system call that failed: which one, and the error's name as in errno(3). */
public final class SysException extends IOException {
    private static final long serialVersionUID = 1L;

    public static final int EINTR = 4;
    public static final int EAGAIN = 11;
    public static final int EPIPE = 32;
    public static final int EOPNOTSUPP = 95;
    public static final int ENETDOWN = 100;
    public static final int ENOBUFS = 105;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EINPROGRESS = 115;

    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry(1, "EPERM"),
                    Map.entry(2, "ENOENT"),
                    Map.entry(EINTR, "EINTR"),
                    Map.entry(9, "EBADF"),
                    Map.entry(EAGAIN, "EAGAIN"),
                    Map.entry(13, "EACCES"),
                    Map.entry(19, "ENODEV"),
                    Map.entry(22, "EINVAL"),
                    Map.entry(24, "EMFILE"),
                    Map.entry(EPIPE, "EPIPE"),
                    Map.entry(92, "ENOPROTOOPT"),
                    Map.entry(93, "EPROTONOSUPPORT"),
                    Map.entry(EOPNOTSUPP, "EOPNOTSUPP"),
                    Map.entry(98, "EADDRINUSE"),
                    Map.entry(99, "EADDRNOTAVAIL"),
                    Map.entry(ENETDOWN, "ENETDOWN"),
                    Map.entry(101, "ENETUNREACH"),
                    Map.entry(ECONNABORTED, "ECONNABORTED"),
                    Map.entry(ECONNRESET, "ECONNRESET"),
                    Map.entry(ENOBUFS, "ENOBUFS"),
                    Map.entry(107, "ENOTCONN"),
                    Map.entry(ETIMEDOUT, "ETIMEDOUT"),
                    Map.entry(ECONNREFUSED, "ECONNREFUSED"),
                    Map.entry(113, "EHOSTUNREACH"),
                    Map.entry(EINPROGRESS, "EINPROGRESS"));

    private final String call;
    private final int errno;

    public SysException(String call, int errno) {
        super(call + ": " + name(errno));
        this.call = call;
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    public int errno() {
        return errno;
    }

    /** {@code ECONNRESET} for 104, {@code errno-N} for those that have no name here. */
    public static String name(int errno) {
        return NAMES.getOrDefault(errno, "errno-" + errno);
    }
}
