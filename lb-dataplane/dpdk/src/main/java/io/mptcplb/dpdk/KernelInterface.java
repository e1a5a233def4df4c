package io.mptcplb.dpdk;

import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's view of the interface behind an AF_PACKET or AF_XDP port (its driver always claims
 * that the link is up). Asks through a socket that stays in the network namespace in which the port
 * was opened. Owner: the port's thread, or the one that watches over it.
 */
public final class KernelInterface implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SIOCGIFNAME = 0x8910;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SIOCETHTOOL = 0x8946;
    private static final int ETHTOOL_GLINK = 0xa;
    private static final int IFF_UP = 1;
    private static final int IFF_RUNNING = 0x40;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_ADD_MEMBERSHIP = 1;
    private static final int PACKET_MR_ALLMULTI = 2;
    private static final int MEMBERSHIP_BYTES = 16;
    private static final int NAME_BYTES = 16;
    private static final int REQUEST_BYTES = 40;
    private static final int ETHTOOL_BYTES = 8;

    private final Arena arena = Arena.ofShared();
    private final Posix posix = new Posix(arena);
    private final MemorySegment memory = arena.allocate(2 * REQUEST_BYTES + ETHTOOL_BYTES, 8);
    private final long request = memory.address();

    /** Apart from {@link #request}, which keeps the name that questions are about. */
    private final long nameRequest = request + REQUEST_BYTES + ETHTOOL_BYTES;

    private final int socket;
    private String name;

    /** The socket that is a member of all groups, or -1. */
    private int groups = -1;

    private KernelInterface(String name) {
        this.name = name;
        Mem.register(request, memory.byteSize());
        memory.setString(0, name);
        socket = posix.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
    }

    /**
     * The interface of this name in the calling thread's network namespace; DEVICE_MISSING when
     * there is none.
     */
    public static KernelInterface open(String name) {
        if (name.isEmpty() || name.length() >= NAME_BYTES || name.contains(",")) {
            throw new DpdkException(
                    DpdkError.DEVICE_MISSING, "\"" + name + "\" cannot name an interface");
        }
        KernelInterface opened = new KernelInterface(name);
        int result =
                opened.socket < 0
                        ? opened.socket
                        : opened.posix.ioctl(opened.socket, SIOCGIFINDEX, opened.request);
        if (result < 0) {
            opened.close();
            throw new DpdkException(
                    result == -Posix.ENODEV
                            ? DpdkError.DEVICE_MISSING
                            : DpdkError.SYSTEM_CALL_FAILED,
                    "interface " + name + ": " + Natives.errorText(result));
        }
        return opened;
    }

    /**
     * The MTU of the interface of this name in the calling thread's network namespace;
     * DEVICE_MISSING when there is none.
     */
    public static int mtuBytesOf(String name) {
        try (KernelInterface opened = open(name)) {
            return opened.mtuBytes();
        }
    }

    /** The interface that questions are about. */
    public String name() {
        return name;
    }

    /** Asks about the interface of this name from now on, whether there is one or not. */
    public void call(String newName) {
        name = newName;
        memory.asSlice(0, NAME_BYTES).fill((byte) 0);
        memory.setString(0, newName);
    }

    /** What the kernel calls the interface of this number now; null when it is gone. */
    public @Nullable String nameOf(int index) {
        Mem.setHostU64(nameRequest, 0);
        Mem.setHostU64(nameRequest + 8, 0);
        Mem.setHostU64(nameRequest + NAME_BYTES, index);
        return Posix.plainIoctl(socket, SIOCGIFNAME, nameRequest) < 0
                ? null
                : memory.getString(nameRequest - request, StandardCharsets.UTF_8);
    }

    /** The kernel's number of it, or -1 when it is gone. */
    public int index() {
        return ask(SIOCGIFINDEX);
    }

    /** Its MTU now, or -1 when it is gone. */
    public int mtuBytes() {
        return ask(SIOCGIFMTU);
    }

    /**
     * Its MTU; throws a named error when a port is to have a larger one. 0 asks for the interface's
     * own.
     */
    public int requireMtu(int wantedBytes) {
        int own = mtuBytes();
        if (wantedBytes > own) {
            throw new DpdkException(
                    DpdkError.MTU_TOO_LARGE,
                    "MTU " + wantedBytes + " asked for, interface " + name + " has " + own,
                    own);
        }
        return own;
    }

    /** Its hardware address in the low 48 bits, or 0 when it is gone. */
    public long macAddress() {
        return answers(SIOCGIFHWADDR)
                ? (long) Mem.u16(request + NAME_BYTES + 2) << 32
                        | (Mem.u32(request + NAME_BYTES + 4) & 0xffffffffL)
                : 0;
    }

    /**
     * Administratively up, and with a carrier. The carrier is asked for by ethtool's call: the
     * flags follow it up to a second later.
     */
    public boolean linkUp() {
        int flags = ask(SIOCGIFFLAGS);
        if (flags < 0 || (flags & IFF_UP) == 0) {
            return false;
        }
        int carrier = carrier();
        return carrier >= 0 ? carrier != 0 : (flags & IFF_RUNNING) != 0;
    }

    /**
     * Makes the interface pass on frames to every group until this is closed: a neighbour
     * solicitation goes to a group (RFC 4861 s7.2.2), and devices filter those that nobody asked
     * for. Needs NET_RAW; throws a named error.
     */
    void joinAllGroups() {
        // Protocol 0: the socket receives nothing.
        groups = posix.socket(Descriptors.AF_PACKET, SOCK_RAW_CLOEXEC, 0);
        if (groups == -Posix.EPERM) {
            throw new DpdkException(DpdkError.NO_NET_RAW, "no AF_PACKET socket on " + name);
        }
        int index = index();
        Mem.setHostU64(request + NAME_BYTES, 0);
        Mem.setHostU64(request + NAME_BYTES + 8, 0);
        Mem.setHostU32(request + NAME_BYTES, index);
        Mem.setHostU16(request + NAME_BYTES + 4, PACKET_MR_ALLMULTI);
        int result =
                posix.setsockopt(
                        groups,
                        SOL_PACKET,
                        PACKET_ADD_MEMBERSHIP,
                        request + NAME_BYTES,
                        MEMBERSHIP_BYTES);
        if (result < 0) {
            throw DpdkException.ofSystemCall("PACKET_ADD_MEMBERSHIP on " + name, result);
        }
    }

    /** 1 or 0, or -1 where the driver does not tell. */
    private int carrier() {
        long value = request + REQUEST_BYTES;
        Mem.setHostU32(value, ETHTOOL_GLINK);
        Mem.setHostU32(value + 4, 0);
        Mem.setHostU64(request + NAME_BYTES, value);
        return Posix.plainIoctl(socket, SIOCETHTOOL, request) < 0 ? -1 : Mem.hostU32(value + 4);
    }

    /** What the kernel answers, or -1 when the interface is gone. */
    private int ask(int what) {
        if (!answers(what)) {
            return -1;
        }
        int value = Mem.hostU32(request + NAME_BYTES);
        return what == SIOCGIFFLAGS ? value & 0xffff : value;
    }

    private boolean answers(int what) {
        Mem.setHostU64(request + NAME_BYTES, 0);
        return Posix.plainIoctl(socket, what, request) >= 0;
    }

    @Override
    public void close() {
        if (socket >= 0) {
            posix.close(socket);
        }
        if (groups >= 0) {
            posix.close(groups);
        }
        Mem.unregister(request);
        arena.close();
    }
}
