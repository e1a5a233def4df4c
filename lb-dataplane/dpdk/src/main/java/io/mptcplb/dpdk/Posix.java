package io.mptcplb.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few system calls that ports and workers need. Pointers are {@code long}. Public for the
 * packages of this room alone.
 *
 * <p>Methods of an instance return minus errno when they fail, and belong to set-up: keeping errno
 * costs an object per call. One instance per thread. Static methods return -1 when they fail, and
 * allocate nothing.
 */
public final class Posix {
    static final int EINTR = 4;
    static final int ENODEV = 19;
    public static final int EPERM = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET =
            find("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SOCKETPAIR =
            find("socketpair", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle DUP3 = find("dup3", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = find("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle IOCTL =
            findVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PLAIN_IOCTL =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("ioctl"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle GETSOCKOPT =
            findPlain("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SETSOCKOPT =
            find("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle BIND = find("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVMMSG =
            findPlain("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle SENDMMSG =
            findPlain("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
    private static final MethodHandle SENDMSG =
            find("sendmsg", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GETSOCKNAME =
            find("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle EVENTFD = find("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle READ =
            findPlain("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE =
            findPlain("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle PPOLL =
            findPlain("ppoll", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle EXECV = find("execv", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CLOSE_RANGE =
            find("close_range", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETAFFINITY =
            find("sched_setaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle OPEN_MEMSTREAM =
            find("open_memstream", JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FCLOSE = find("fclose", JAVA_INT, JAVA_LONG);
    private static final MethodHandle FREE =
            LINKER.downcallHandle(
                    LINKER.defaultLookup().findOrThrow("free"),
                    FunctionDescriptor.ofVoid(JAVA_LONG));

    private final MemorySegment state;

    /** Calls whose errno is kept in {@code arena}. */
    public Posix(Arena arena) {
        state = arena.allocate(STATE);
    }

    private static MethodHandle find(
            String symbol, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(symbol),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle findPlain(
            String symbol, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(symbol),
                FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle findVariadic(
            String symbol, int firstVariadic, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(symbol),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"),
                Linker.Option.firstVariadicArg(firstVariadic));
    }

    private int result(int returned) {
        return returned >= 0 ? returned : -(int) ERRNO.get(state, 0L);
    }

    /** Opens a socket; its descriptor, or minus errno. */
    public int socket(int domain, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Writes the descriptors of two joined sockets to {@code pair}; 0, or minus errno. */
    public int socketpair(int domain, int type, int protocol, long pair) {
        try {
            return result((int) SOCKETPAIR.invokeExact(state, domain, type, protocol, pair));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Makes {@code to} another descriptor of what {@code from} is; {@code to}, or minus errno. */
    public int dup3(int from, int to, int flags) {
        try {
            return result((int) DUP3.invokeExact(state, from, to, flags));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Closes a descriptor; 0, or minus errno. */
    public int close(int descriptor) {
        try {
            return result((int) CLOSE.invokeExact(state, descriptor));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Makes this process another program; minus errno, or no return. */
    int execv(long path, long arguments) {
        try {
            return result((int) EXECV.invokeExact(state, path, arguments));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** What is to happen to these descriptors; 0, or minus errno. */
    int closeRange(int first, int last, int flags) {
        try {
            return result((int) CLOSE_RANGE.invokeExact(state, first, last, flags));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    int ioctl(int descriptor, long request, long argument) {
        try {
            return result((int) IOCTL.invokeExact(state, descriptor, request, argument));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    static int plainIoctl(int descriptor, long request, long argument) {
        try {
            return (int) PLAIN_IOCTL.invokeExact(descriptor, request, argument);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Reads an option of a socket; 0, or -1. */
    public static int getsockopt(int descriptor, int level, int option, long value, long length) {
        try {
            return (int) GETSOCKOPT.invokeExact(descriptor, level, option, value, length);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Sets an option of a socket; 0, or minus errno. */
    public int setsockopt(int descriptor, int level, int option, long value, int bytes) {
        try {
            return result(
                    (int) SETSOCKOPT.invokeExact(state, descriptor, level, option, value, bytes));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Binds a socket to the address of so many bytes; 0, or minus errno. */
    public int bind(int descriptor, long address, int bytes) {
        try {
            return result((int) BIND.invokeExact(state, descriptor, address, bytes));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Receives up to {@code count} messages; how many, or -1 when there is none. */
    public static int recvmmsg(int descriptor, long messages, int count, int flags) {
        try {
            return (int) RECVMMSG.invokeExact(descriptor, messages, count, flags, 0L);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Sends up to {@code count} messages; how many, or -1 when the first was refused. */
    public static int sendmmsg(int descriptor, long messages, int count, int flags) {
        try {
            return (int) SENDMMSG.invokeExact(descriptor, messages, count, flags);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Sends one message; bytes sent, or minus errno. */
    public int sendmsg(int descriptor, long message, int flags) {
        try {
            return result((int) (long) SENDMSG.invokeExact(state, descriptor, message, flags));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** The address that a socket is bound to; 0, or minus errno. */
    public int getsockname(int descriptor, long address, long length) {
        try {
            return result((int) GETSOCKNAME.invokeExact(state, descriptor, address, length));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    int eventfd(int initial, int flags) {
        try {
            return result((int) EVENTFD.invokeExact(state, initial, flags));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Reads; bytes, or -1. */
    public static long read(int descriptor, long buffer, long bytes) {
        try {
            return (long) READ.invokeExact(descriptor, buffer, bytes);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /** Writes; bytes, or -1. */
    public static long write(int descriptor, long buffer, long bytes) {
        try {
            return (long) WRITE.invokeExact(descriptor, buffer, bytes);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    static int ppoll(long descriptors, int count, long timeout) {
        try {
            return (int) PPOLL.invokeExact(descriptors, (long) count, timeout, 0L);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    int schedSetaffinity(int thread, long bytes, long mask) {
        try {
            return result((int) SETAFFINITY.invokeExact(state, thread, bytes, mask));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    /**
     * A FILE that grows in memory; its text and length appear at the two addresses after {@link
     * #fclose}. 0 on failure.
     */
    long openMemstream(long textOut, long lengthOut) {
        try {
            return (long) OPEN_MEMSTREAM.invokeExact(state, textOut, lengthOut);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    int fclose(long file) {
        try {
            return result((int) FCLOSE.invokeExact(state, file));
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }

    void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable impossible) {
            throw Natives.unreachable(impossible);
        }
    }
}
