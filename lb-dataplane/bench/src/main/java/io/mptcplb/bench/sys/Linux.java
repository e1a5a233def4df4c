package io.mptcplb.bench.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/**
 * libc, as plain static calls. All return what the call returned, or the negated errno when it
 * failed; {@link #check} turns that into an exception.
 */
final class Linux {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_PACKET = 17;
    static final int SOCK_STREAM = 1;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int O_NONBLOCK = 0x800;
    private static final int F_SETFL = 4;
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_RCVBUF = 8;
    static final int SO_LINGER = 13;
    static final int SO_RCVTIMEO = 20;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDTIMEO = 21;
    static final int SO_SNDBUFFORCE = 32;
    static final int SO_RCVBUFFORCE = 33;
    static final int IPPROTO_TCP = 6;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_DSTOPTS = 59;
    static final int IPPROTO_MPTCP = 262;
    static final int TCP_NODELAY = 1;
    static final int SOL_PACKET = 263;
    static final int PACKET_IGNORE_OUTGOING = 23;
    static final int SOL_MPTCP = 284;
    static final int MPTCP_INFO = 1;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_DONTWAIT = 0x40;
    static final int SHUT_WR = 1;
    static final int SHUT_RDWR = 2;
    static final int O_RDONLY = 0;
    static final int CLONE_NEWNET = 0x40000000;
    static final short POLLIN = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET =
            CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    /** Where the errno of this thread's last call is captured. */
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CALL_STATE));

    private static final MethodHandle SOCKET = ints("socket", 3);
    private static final MethodHandle LISTEN = ints("listen", 2);
    private static final MethodHandle SHUTDOWN = ints("shutdown", 2);
    private static final MethodHandle CLOSE = ints("close", 1);
    private static final MethodHandle DUP2 = ints("dup2", 2);
    private static final MethodHandle FCNTL =
            handle(
                    "fcntl",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = ints("setns", 2);
    private static final MethodHandle BIND =
            handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CONNECT =
            handle("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle ACCEPT4 =
            handle(
                    "accept4",
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKNAME =
            handle("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SEND =
            handle(
                    "send",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            handle(
                    "recv",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            handle(
                    "setsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            handle(
                    "getsockopt",
                    FunctionDescriptor.of(
                            JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle POLL =
            handle("ppoll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final MethodHandle EXECVP =
            handle("execvp", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle IF_NAMETOINDEX =
            handle("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));

    private Linux() {}

    static int socket(int domain, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(STATE.get(), domain, type, protocol));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int listen(int fd, int backlog) {
        try {
            return result((int) LISTEN.invokeExact(STATE.get(), fd, backlog));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int shutdown(int fd, int how) {
        try {
            return result((int) SHUTDOWN.invokeExact(STATE.get(), fd, how));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int close(int fd) {
        try {
            return result((int) CLOSE.invokeExact(STATE.get(), fd));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** The copy is inherited by whatever is executed, whatever the original was opened with. */
    static int dup2(int fd, int copy) {
        try {
            return result((int) DUP2.invokeExact(STATE.get(), fd, copy));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Replaces the descriptor's flags, {@code O_NONBLOCK} for instance. */
    static int setFlags(int fd, int flags) {
        try {
            return result((int) FCNTL.invokeExact(STATE.get(), fd, F_SETFL, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** Returns only when it failed. */
    static int execvp(MemorySegment file, MemorySegment arguments) {
        try {
            return result((int) EXECVP.invokeExact(STATE.get(), file, arguments));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int setns(int fd, int kind) {
        try {
            return result((int) SETNS.invokeExact(STATE.get(), fd, kind));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int bind(int fd, MemorySegment address) {
        try {
            return result(
                    (int) BIND.invokeExact(STATE.get(), fd, address, (int) address.byteSize()));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int connect(int fd, MemorySegment address) {
        try {
            return result(
                    (int) CONNECT.invokeExact(STATE.get(), fd, address, (int) address.byteSize()));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int accept(int fd) {
        try {
            return result(
                    (int)
                            ACCEPT4.invokeExact(
                                    STATE.get(),
                                    fd,
                                    MemorySegment.NULL,
                                    MemorySegment.NULL,
                                    SOCK_CLOEXEC));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int getsockname(int fd, MemorySegment address, MemorySegment length) {
        try {
            return result((int) GETSOCKNAME.invokeExact(STATE.get(), fd, address, length));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static long send(int fd, MemorySegment bytes, long length, int flags) {
        try {
            return result((long) SEND.invokeExact(STATE.get(), fd, bytes, length, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static long recv(int fd, MemorySegment bytes, long length, int flags) {
        try {
            return result((long) RECV.invokeExact(STATE.get(), fd, bytes, length, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int setsockopt(int fd, int level, int name, MemorySegment value) {
        try {
            return result(
                    (int)
                            SETSOCKOPT.invokeExact(
                                    STATE.get(), fd, level, name, value, (int) value.byteSize()));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length) {
        try {
            return result(
                    (int) GETSOCKOPT.invokeExact(STATE.get(), fd, level, name, value, length));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** {@code timeout} is a struct timespec, or NULL to wait without end. */
    static int ppoll(MemorySegment descriptors, long count, MemorySegment timeout) {
        try {
            return result(
                    (int)
                            POLL.invokeExact(
                                    STATE.get(), descriptors, count, timeout, MemorySegment.NULL));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int open(MemorySegment path, int flags) {
        try {
            return result((int) OPEN.invokeExact(STATE.get(), path, flags));
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** The interface's index, or 0 if this thread's namespace has none of that name. */
    static int interfaceIndex(MemorySegment name) {
        try {
            return (int) IF_NAMETOINDEX.invokeExact(STATE.get(), name);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int check(String call, int result) throws SysException {
        if (result < 0) {
            throw new SysException(call, -result);
        }
        return result;
    }

    private static int result(int value) {
        return value >= 0 ? value : -errno();
    }

    private static long result(long value) {
        return value >= 0 ? value : -errno();
    }

    private static int errno() {
        return STATE.get().get(JAVA_INT, ERRNO_OFFSET);
    }

    private static IllegalStateException broken(Throwable e) {
        return new IllegalStateException("libc call with a wrong signature", e);
    }

    private static MethodHandle ints(String name, int count) {
        MemoryLayout[] arguments = new MemoryLayout[count];
        Arrays.fill(arguments, JAVA_INT);
        return handle(name, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle handle(
            String name, FunctionDescriptor descriptor, Linker.Option... more) {
        MemorySegment symbol =
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new IllegalStateException("libc has no " + name));
        Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
        options[more.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(symbol, descriptor, options);
    }
}
