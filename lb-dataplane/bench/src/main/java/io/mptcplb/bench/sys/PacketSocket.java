package io.mptcplb.bench.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Every frame that arrives at one interface, and a way to send any frame out of it (AF_PACKET).
 * Open it on a thread that is in the interface's namespace; any thread may use it then. Not for
 * devices that leave checksums to the hardware: unfinished ones would be carried on.
 */
public final class PacketSocket implements AutoCloseable {
    private static final int ETH_P_ALL_BIG_ENDIAN = 0x0300;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int BUFFER_BYTES = 64 << 20;

    // Of the kernel's classic filters (linux/filter.h): what they do, and where tags are told.
    private static final int LOAD = 0x20;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int TAG = -0x1000 + 44;
    private static final int TAG_PRESENT = -0x1000 + 48;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment descriptor = arena.allocate(8, 8);
    private final MemorySegment timeout = arena.allocate(16, 8);

    private PacketSocket(int fd) {
        this.fd = fd;
        descriptor.set(JAVA_INT, 0, fd);
        descriptor.set(JAVA_SHORT, 4, Linux.POLLIN);
    }

    public static PacketSocket open(String device) throws SysException {
        // Protocol 0: nothing is received before bind names the interface.
        int type = Linux.SOCK_RAW | Linux.SOCK_CLOEXEC;
        PacketSocket socket =
                new PacketSocket(Linux.check("socket", Linux.socket(Linux.AF_PACKET, type, 0)));
        try (Arena scratch = Arena.ofConfined()) {
            int index = Linux.interfaceIndex(scratch.allocateFrom(device));
            Linux.check("no interface " + device, index == 0 ? -19 : index);
            socket.option(Linux.SOL_SOCKET, Linux.SO_RCVBUFFORCE, BUFFER_BYTES);
            socket.option(Linux.SOL_SOCKET, Linux.SO_SNDBUFFORCE, BUFFER_BYTES);
            socket.option(Linux.SOL_PACKET, Linux.PACKET_IGNORE_OUTGOING, 1);
            MemorySegment address = scratch.allocate(SOCKADDR_LL_BYTES, 8);
            address.set(JAVA_SHORT, 0, (short) Linux.AF_PACKET);
            address.set(JAVA_SHORT, 2, (short) ETH_P_ALL_BIG_ENDIAN);
            address.set(JAVA_INT, 4, index);
            Linux.check("bind " + device, Linux.bind(socket.fd, address));
            return socket;
        } catch (SysException e) {
            socket.close();
            throw e;
        }
    }

    /** The length of the next frame, or 0 if none is there. Never blocks. */
    public int receive(MemorySegment into) throws SysException {
        long n = Linux.recv(fd, into, into.byteSize(), Linux.MSG_DONTWAIT);
        // An interface that went down says so once, and works again when it is back.
        if (n == -SysException.EAGAIN || n == -SysException.EINTR || n == -SysException.ENETDOWN) {
            return 0;
        }
        return Linux.check("recv", (int) n);
    }

    /** Sends one frame; false if the interface could not take it, as a wire would lose it. */
    public boolean send(MemorySegment frame, int bytes) throws SysException {
        long n = Linux.send(fd, frame, bytes, Linux.MSG_DONTWAIT);
        if (n == -SysException.ENOBUFS
                || n == -SysException.EAGAIN
                || n == -SysException.ENETDOWN) {
            return false;
        }
        Linux.check("send", (int) n);
        return true;
    }

    /**
     * From now on takes only frames of this VLAN, 1 to 4,094: by their tag, which the kernel has
     * taken out of them.
     */
    public void onlyVlan(int id) throws SysException {
        int[][] program = {
            {LOAD, 0, 0, TAG_PRESENT},
            {JUMP_IF_EQUAL, 0, 4, 1},
            {LOAD, 0, 0, TAG},
            {AND, 0, 0, 0xfff},
            {JUMP_IF_EQUAL, 0, 1, id},
            {RETURN, 0, 0, -1},
            {RETURN, 0, 0, 0}
        };
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment filter = scratch.allocate((long) program.length * 8, 8);
            for (int i = 0; i < program.length; i++) {
                filter.set(JAVA_SHORT, i * 8L, (short) program[i][0]);
                filter.set(JAVA_BYTE, i * 8L + 2, (byte) program[i][1]);
                filter.set(JAVA_BYTE, i * 8L + 3, (byte) program[i][2]);
                filter.set(JAVA_INT, i * 8L + 4, program[i][3]);
            }
            MemorySegment attached = scratch.allocate(16, 8);
            attached.set(JAVA_SHORT, 0, (short) program.length);
            attached.set(JAVA_LONG, 8, filter.address());
            Linux.check(
                    "SO_ATTACH_FILTER",
                    Linux.setsockopt(fd, Linux.SOL_SOCKET, Linux.SO_ATTACH_FILTER, attached));
        }
    }

    /** Waits until a frame is there, at most so long. One thread only. */
    public void await(long nanos) throws SysException {
        timeout.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        timeout.set(JAVA_LONG, 8, nanos % 1_000_000_000);
        int result = Linux.ppoll(descriptor, 1, timeout);
        if (result != -SysException.EINTR) {
            Linux.check("ppoll", result);
        }
    }

    @Override
    public void close() {
        Linux.close(fd);
        arena.close();
    }

    private void option(int level, int name, int value) throws SysException {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment segment = scratch.allocateFrom(JAVA_INT, value);
            Linux.check("setsockopt " + name, Linux.setsockopt(fd, level, name, segment));
        }
    }
}
