package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.DpdkError;
import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.KernelInterface;
import io.mptcplb.dpdk.Posix;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * An AF_PACKET socket that sees the frames which one interface receives, and none that it sends:
 * all of them, or those of its queue when it shares them with others ({@link #makeGroup}). The
 * kernel lets go of an interface that vanishes; the socket then sees nothing until {@link #attach}.
 * Owner: whoever opens and closes it, then the thread that watches over the device, except {@link
 * #takeDrops}.
 */
final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int ETH_P_ALL = 3;
    private static final int LINK_ADDRESS_BYTES = 20;
    private static final int LINK_PROTOCOL = 2;
    private static final int LINK_INDEX = 4;

    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;

    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_FANOUT_DATA = 22;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_MR_PROMISC = 1;
    private static final int FANOUT_BY_PROGRAM = 6 << 16;
    private static final int FANOUT_UNIQUE_ID = 0x2000 << 16;

    /** As {@link #PACKET_IGNORE_OUTGOING}, which the group does not heed: frames would loop. */
    private static final int FANOUT_IGNORE_OUTGOING = 0x4000 << 16;

    private static final int FANOUT = FANOUT_BY_PROGRAM | FANOUT_IGNORE_OUTGOING;
    private static final int FANOUT_ID_MASK = 0xffff;
    private static final int PROGRAM_BYTES = 16;
    private static final int MEMBERSHIP_BYTES = 16;
    private static final int STATISTICS_BYTES = 8;

    private static final int SCRATCH_BYTES = 32;
    private static final int DROPS_BYTES = 16;

    private final Arena arena = Arena.ofShared();
    private final Posix posix = new Posix(arena);
    private final long scratch = arena.allocate(SCRATCH_BYTES, 8).address();

    /** Of {@link #takeDrops} alone, which another thread calls. */
    private final long drops = arena.allocate(DROPS_BYTES, 8).address();

    private final int descriptor;
    private final int receiveBytes;
    private final int wantedBytes;

    private PacketSocket(KernelInterface kernel, int wantedBytes) {
        Mem.register(scratch, SCRATCH_BYTES);
        Mem.register(drops, DROPS_BYTES);
        this.wantedBytes = wantedBytes;
        descriptor = deaf();
        try {
            if (descriptor == -Posix.EPERM) {
                throw new DpdkException(
                        DpdkError.NO_NET_RAW, "no AF_PACKET socket on " + kernel.name());
            }
            require(descriptor, "AF_PACKET socket");
            receiveBytes = prepare(descriptor);
            require(joinAll(kernel.index()), "PACKET_ADD_MEMBERSHIP");
            require(bind(kernel.index()), "bind to " + kernel.name());
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** Protocol 0: deaf until it is bound, when every option is set. */
    private int deaf() {
        return posix.socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    }

    /** Sets every option; returns the memory granted. */
    private int prepare(int socket) {
        // The kernel refuses the header once a ring or a membership of a fanout group is there.
        set(socket, PACKET_VNET_HDR, 1, "PACKET_VNET_HDR");
        set(socket, PACKET_IGNORE_OUTGOING, 1, "PACKET_IGNORE_OUTGOING");
        set(socket, PACKET_AUXDATA, 1, "PACKET_AUXDATA");
        queue(socket, SO_SNDBUFFORCE, SO_SNDBUF);
        return queue(socket, SO_RCVBUFFORCE, SO_RCVBUF);
    }

    private PacketSocket(int joined, int wantedBytes) {
        Mem.register(scratch, SCRATCH_BYTES);
        Mem.register(drops, DROPS_BYTES);
        this.wantedBytes = wantedBytes;
        descriptor = joined;
        receiveBytes = queue(descriptor, SO_RCVBUFFORCE, SO_RCVBUF);
        queue(descriptor, SO_SNDBUFFORCE, SO_SNDBUF);
    }

    /** One of two sockets that are joined to each other instead of to an interface. */
    static PacketSocket ofJoined(int descriptor, int wantedBytes) {
        return new PacketSocket(descriptor, wantedBytes);
    }

    /** Opens one in the calling thread's network namespace, which must be the interface's. */
    static PacketSocket open(KernelInterface kernel, int wantedBytes) {
        return new PacketSocket(kernel, wantedBytes);
    }

    private static void require(int result, String call) {
        if (result < 0) {
            throw DpdkException.ofSystemCall(call, result);
        }
    }

    private void set(int socket, int option, int value, String name) {
        Mem.setHostU32(scratch, value);
        require(posix.setsockopt(socket, SOL_PACKET, option, scratch, 4), name);
    }

    /**
     * Asks beyond the system's limit first, which takes CAP_NET_ADMIN; returns what was granted.
     */
    private int queue(int socket, int force, int ask) {
        Mem.setHostU32(scratch, wantedBytes);
        if (posix.setsockopt(socket, SOL_SOCKET, force, scratch, 4) < 0) {
            require(posix.setsockopt(socket, SOL_SOCKET, ask, scratch, 4), "SO_RCVBUF");
        }
        Mem.setHostU32(scratch + 8, 4);
        require(Posix.getsockopt(socket, SOL_SOCKET, ask, scratch, scratch + 8), "SO_RCVBUF");
        return Mem.hostU32(scratch);
    }

    /** Frames for any address: virtual devices filter by addresses that the kernel gave them. */
    private int joinAll(int interfaceIndex) {
        Mem.setHostU64(scratch, 0);
        Mem.setHostU64(scratch + 8, 0);
        Mem.setHostU32(scratch, interfaceIndex);
        Mem.setHostU16(scratch + 4, PACKET_MR_PROMISC);
        return posix.setsockopt(
                descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, scratch, MEMBERSHIP_BYTES);
    }

    private int bind(int interfaceIndex) {
        Mem.setHostU64(scratch, 0);
        Mem.setHostU64(scratch + 8, 0);
        Mem.setHostU32(scratch + 16, 0);
        Mem.setHostU16(scratch, AF_PACKET);
        Mem.setU16(scratch + LINK_PROTOCOL, ETH_P_ALL);
        Mem.setHostU32(scratch + LINK_INDEX, interfaceIndex);
        return posix.bind(descriptor, scratch, LINK_ADDRESS_BYTES);
    }

    /** The number of the interface that it sees, or -1 since that has gone. */
    int attachedTo() {
        Mem.setHostU32(scratch + LINK_ADDRESS_BYTES + 4, LINK_ADDRESS_BYTES);
        int result = posix.getsockname(descriptor, scratch, scratch + LINK_ADDRESS_BYTES + 4);
        return result < 0 ? -1 : Mem.hostU32(scratch + LINK_INDEX);
    }

    /** Sees this interface from now on, after another has gone; false when it has gone, too. */
    boolean attach(int interfaceIndex) {
        return joinAll(interfaceIndex) >= 0 && bind(interfaceIndex) >= 0;
    }

    /**
     * As {@link #attach} for a socket of a group, which the kernel binds to its first interface for
     * good: another socket takes its place under the same descriptor. Throws {@link DpdkException}.
     */
    boolean replace(int interfaceIndex) {
        int fresh = deaf();
        require(fresh, "AF_PACKET socket");
        try {
            prepare(fresh);
            // Whoever receives by the descriptor meanwhile ends with the former socket.
            require(posix.dup3(fresh, descriptor, O_CLOEXEC), "dup3");
        } finally {
            posix.close(fresh);
        }
        return attach(interfaceIndex);
    }

    /**
     * Makes a group that shares the interface's frames, and this its first member, with queue 0;
     * returns its number. Each frame goes to the member that the program says.
     */
    int makeGroup(FanoutProgram program) {
        set(descriptor, PACKET_FANOUT, FANOUT | FANOUT_UNIQUE_ID, "PACKET_FANOUT");
        try (Arena memory = Arena.ofConfined()) {
            int count = program.instructions().size();
            long filter = memory.allocate((long) count * FanoutProgram.INSTRUCTION_BYTES).address();
            Mem.register(filter, (long) count * FanoutProgram.INSTRUCTION_BYTES);
            program.write(filter);
            Mem.unregister(filter);
            Mem.setHostU64(scratch, count);
            Mem.setHostU64(scratch + 8, filter);
            require(
                    posix.setsockopt(
                            descriptor, SOL_PACKET, PACKET_FANOUT_DATA, scratch, PROGRAM_BYTES),
                    "PACKET_FANOUT_DATA");
        }
        Mem.setHostU32(scratch + 8, 4);
        require(
                Posix.getsockopt(descriptor, SOL_PACKET, PACKET_FANOUT, scratch, scratch + 8),
                "PACKET_FANOUT");
        return Mem.hostU32(scratch) & FANOUT_ID_MASK;
    }

    /** Becomes the next member of a group of sockets on the same interface. */
    void joinGroup(int group) {
        set(descriptor, PACKET_FANOUT, FANOUT | group, "PACKET_FANOUT");
    }

    int descriptor() {
        return descriptor;
    }

    /** Memory that the kernel grants for frames that wait, by its own count, overhead included. */
    int receiveBytes() {
        return receiveBytes;
    }

    /** Frames lost since the last call because that memory was full. */
    int takeDrops() {
        Mem.setHostU32(drops + 8, STATISTICS_BYTES);
        int result = Posix.getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, drops, drops + 8);
        return result < 0 ? 0 : Mem.hostU32(drops + 4);
    }

    @Override
    public void close() {
        if (descriptor >= 0) {
            posix.close(descriptor);
        }
        Mem.unregister(scratch);
        Mem.unregister(drops);
        arena.close();
    }
}
