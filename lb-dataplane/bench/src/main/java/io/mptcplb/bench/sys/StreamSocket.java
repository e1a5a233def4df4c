package io.mptcplb.bench.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A blocking TCP or MPTCP socket. One thread may read while another writes; {@link #interrupt} ends
 * both, and {@link #close} is for when both are done.
 */
public final class StreamSocket implements AutoCloseable {
    private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private final int fd;
    private final boolean openedMptcp;
    private final AtomicBoolean closed = new AtomicBoolean();

    private StreamSocket(int fd, boolean openedMptcp) {
        this.fd = fd;
        this.openedMptcp = openedMptcp;
    }

    public static StreamSocket open(boolean mptcp, InetSocketAddress family) throws SysException {
        int domain = family.getAddress() instanceof Inet6Address ? Linux.AF_INET6 : Linux.AF_INET;
        int protocol = mptcp ? Linux.IPPROTO_MPTCP : Linux.IPPROTO_TCP;
        int type = Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC;
        return new StreamSocket(Linux.check("socket", Linux.socket(domain, type, protocol)), mptcp);
    }

    /** Connects within {@code timeoutMillis}, from {@code local} if given. */
    public static StreamSocket connect(
            boolean mptcp,
            @Nullable InetSocketAddress local,
            InetSocketAddress remote,
            long timeoutMillis)
            throws SysException {
        StreamSocket socket = open(mptcp, remote);
        try (Arena arena = Arena.ofConfined()) {
            socket.timeoutMillis(timeoutMillis);
            if (local != null) {
                Linux.check("bind", Linux.bind(socket.fd, encode(arena, local)));
            }
            int result = Linux.connect(socket.fd, encode(arena, remote));
            if (result == -SysException.EINPROGRESS) {
                result = -SysException.ETIMEDOUT;
            }
            Linux.check("connect", result);
            return socket;
        } catch (SysException e) {
            socket.close();
            throw e;
        }
    }

    public static StreamSocket listen(boolean mptcp, InetSocketAddress local, int backlog)
            throws SysException {
        StreamSocket socket = open(mptcp, local);
        try (Arena arena = Arena.ofConfined()) {
            socket.option(Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
            Linux.check("bind", Linux.bind(socket.fd, encode(arena, local)));
            Linux.check("listen", Linux.listen(socket.fd, backlog));
            return socket;
        } catch (SysException e) {
            socket.close();
            throw e;
        }
    }

    public StreamSocket accept() throws SysException {
        return new StreamSocket(Linux.check("accept", Linux.accept(fd)), openedMptcp);
    }

    /** Reads at most {@code bytes}; 0 is the end of the stream. */
    public int receive(MemorySegment into, long offset, long bytes) throws SysException {
        long n;
        do {
            n = Linux.recv(fd, into.asSlice(offset, bytes), bytes, 0);
        } while (n == -SysException.EINTR);
        return Linux.check("recv", timedOut((int) n));
    }

    /** Writes at least one and at most {@code bytes}. */
    public int send(MemorySegment from, long offset, long bytes) throws SysException {
        long n;
        do {
            n = Linux.send(fd, from.asSlice(offset, bytes), bytes, Linux.MSG_NOSIGNAL);
        } while (n == -SysException.EINTR);
        return Linux.check("send", timedOut((int) n));
    }

    public void sendAll(MemorySegment from, long offset, long bytes) throws SysException {
        long end = offset + bytes;
        for (long at = offset; at < end; ) {
            at += send(from, at, end - at);
        }
    }

    /** Every later call fails with ETIMEDOUT when nothing moves for this long; 0 waits for ever. */
    public void timeoutMillis(long millis) throws SysException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeval = arena.allocate(16, 8);
            timeval.set(JAVA_LONG, 0, millis / 1000);
            timeval.set(JAVA_LONG, 8, millis % 1000 * 1000);
            Linux.check(
                    "setsockopt SO_RCVTIMEO",
                    Linux.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_RCVTIMEO, timeval));
            Linux.check(
                    "setsockopt SO_SNDTIMEO",
                    Linux.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_SNDTIMEO, timeval));
        }
    }

    public void noDelay() throws SysException {
        option(Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
    }

    /** Fixes the receive buffer (the kernel doubles the figure) and ends its auto-tuning. */
    public void receiveBufferBytes(int bytes) throws SysException {
        option(Linux.SOL_SOCKET, Linux.SO_RCVBUF, bytes);
    }

    /**
     * Puts an extension header of destination options, padding alone, into every IPv6 packet of
     * this connection (RFC 3542 s9.2). Plain TCP only; needs NET_RAW.
     */
    public void destinationOptions() throws SysException {
        try (Arena arena = Arena.ofConfined()) {
            // Next header and length are the kernel's to fill in; then PadN of 6 bytes.
            MemorySegment header =
                    arena.allocateFrom(JAVA_BYTE, new byte[] {0, 0, 1, 4, 0, 0, 0, 0});
            Linux.check(
                    "setsockopt IPV6_DSTOPTS",
                    Linux.setsockopt(fd, Linux.IPPROTO_IPV6, Linux.IPV6_DSTOPTS, header));
        }
    }

    public void shutdownWrite() throws SysException {
        Linux.check("shutdown", Linux.shutdown(fd, Linux.SHUT_WR));
    }

    /** Wakes every thread that is blocked in this socket. */
    public void interrupt() {
        Linux.shutdown(fd, Linux.SHUT_RDWR);
    }

    /**
     * Resets the connection (over MPTCP: with MP_FASTCLOSE) instead of sending a FIN, and wakes the
     * threads blocked in it. {@link #close} is still to be called.
     */
    public void abort() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment linger = arena.allocate(8, 4);
            linger.set(JAVA_INT, 0, 1);
            Linux.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_LINGER, linger);
            // connect(AF_UNSPEC) resets at once; close() would wait for the blocked threads.
            Linux.connect(fd, arena.allocate(16, 8));
        }
    }

    public InetSocketAddress localAddress() throws SysException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(28, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, 28);
            Linux.check("getsockname", Linux.getsockname(fd, address, length));
            return decode(address);
        }
    }

    /**
     * Lets a program that this process becomes find it as a descriptor that never blocks: where
     * several processes of one program accept from it, one of them is too late each time.
     */
    void inheritAs(int inherited) throws SysException {
        Linux.check("dup2", Linux.dup2(fd, inherited));
        Linux.check("fcntl", Linux.setFlags(inherited, Linux.O_NONBLOCK));
    }

    /** What the kernel knows of this connection's MPTCP side; plain for a TCP socket. */
    public MptcpInfo mptcpInfo() {
        return openedMptcp ? MptcpInfo.read(fd) : MptcpInfo.PLAIN;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Linux.close(fd);
        }
    }

    private void option(int level, int name, int value) throws SysException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(JAVA_INT, value);
            Linux.check("setsockopt " + name, Linux.setsockopt(fd, level, name, segment));
        }
    }

    /** A blocking call with a time limit ends with EAGAIN: say what it means. */
    private static int timedOut(int result) {
        return result == -SysException.EAGAIN ? -SysException.ETIMEDOUT : result;
    }

    private static MemorySegment encode(Arena arena, InetSocketAddress address) {
        byte[] raw = address.getAddress().getAddress();
        boolean v6 = raw.length == 16;
        MemorySegment sockaddr = arena.allocate(v6 ? 28 : 16, 8);
        sockaddr.set(JAVA_SHORT, 0, (short) (v6 ? Linux.AF_INET6 : Linux.AF_INET));
        sockaddr.set(PORT, 2, (short) address.getPort());
        MemorySegment.copy(raw, 0, sockaddr, JAVA_BYTE, v6 ? 8 : 4, raw.length);
        return sockaddr;
    }

    private static InetSocketAddress decode(MemorySegment sockaddr) {
        boolean v6 = sockaddr.get(JAVA_SHORT, 0) == Linux.AF_INET6;
        byte[] raw = new byte[v6 ? 16 : 4];
        MemorySegment.copy(sockaddr, JAVA_BYTE, v6 ? 8 : 4, raw, 0, raw.length);
        try {
            return new InetSocketAddress(
                    java.net.InetAddress.getByAddress(raw), sockaddr.get(PORT, 2) & 0xffff);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
