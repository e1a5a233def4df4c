package io.mptcplb.frame;

/**
 * Accessors on a buffer in DPDK's {@code struct rte_mbuf} layout (128 bytes, the same in DPDK 22.11
 * to 24.11), followed by {@link #PRIVATE_BYTES} that belong to the stack and then by the data room.
 *
 * <pre>
 *   m                m+128              m+256 = bufAddr                                   bufAddr+bufLen
 *   | struct rte_mbuf | private area     | headroom ... | data (dataOff, dataLen) ... | tailroom |
 * </pre>
 *
 * <p>A frame may be a chain ({@link #next}); {@link #pktLen} and {@link #nbSegs} are then those of
 * the first buffer. Reference counts are plain stores: all references to a buffer belong to one
 * worker.
 */
public final class Mbuf {
    /** Size of {@code struct rte_mbuf}. */
    public static final int STRUCT_BYTES = 128;

    /**
     * Room between the struct and the data that belongs to the stack (DPDK's {@code priv_size}).
     */
    public static final int PRIVATE_BYTES = 128;

    /**
     * Headroom of a fresh buffer (DPDK's {@code RTE_PKTMBUF_HEADROOM}): all headers of one frame
     * fit.
     */
    public static final int HEADROOM_BYTES = 128;

    /** Room of an ordinary buffer, headroom included (DPDK's {@code RTE_MBUF_DEFAULT_BUF_SIZE}). */
    public static final int DEFAULT_ROOM_BYTES = 2048 + HEADROOM_BYTES;

    // RX flags of rte_mbuf_core.h; L4 "none" (both bits) means: not summed yet, but known to be
    // intact.
    public static final long RX_L4_BAD = 1L << 3;
    public static final long RX_L4_GOOD = 1L << 8;
    public static final long RX_L4_PARTIAL = RX_L4_BAD | RX_L4_GOOD;
    public static final long RX_LRO = 1L << 16;
    public static final long RX_VLAN = 1L;
    public static final long RX_VLAN_STRIPPED = 1L << 6;
    public static final long TX_TCP_SEG = 1L << 50;
    public static final long TX_TCP_CKSUM = 1L << 52;
    public static final long TX_IP_CKSUM = 1L << 54;
    public static final long TX_IPV4 = 1L << 55;
    public static final long TX_IPV6 = 1L << 56;

    /** The buffer's data belongs to another mbuf (RTE_MBUF_F_INDIRECT). */
    public static final long INDIRECT = 1L << 62;

    private static final int BUF_ADDR = 0;
    private static final int BUF_IOVA = 8;
    private static final int DATA_OFF = 16;
    private static final int REFCNT = 18;
    private static final int NB_SEGS = 20;
    private static final int PORT = 22;
    private static final int OL_FLAGS = 24;
    private static final int PACKET_TYPE = 32;
    private static final int PKT_LEN = 36;
    private static final int DATA_LEN = 40;
    private static final int VLAN_TCI = 42;
    private static final int RSS_HASH = 44;
    private static final int BUF_LEN = 54;
    private static final int POOL = 56;
    private static final int NEXT = 64;
    private static final int TX_OFFLOAD = 72;
    private static final int PRIV_SIZE = 88;

    /**
     * data_off, refcnt 1, nb_segs 1, port 0xffff as one little-endian store, as rte_pktmbuf_reset
     * writes them.
     */
    private static final long REARM = HEADROOM_BYTES | 1L << 16 | 1L << 32 | 0xffffL << 48;

    private Mbuf() {}

    /** Lays out a buffer that no DPDK pool made: direct, empty, reference count 1. */
    static void init(long m, int roomBytes, long pool) {
        Mem.fill(m, STRUCT_BYTES + PRIVATE_BYTES, 0);
        Mem.setHostU64(m + BUF_ADDR, m + STRUCT_BYTES + PRIVATE_BYTES);
        Mem.setHostU16(m + BUF_LEN, roomBytes);
        Mem.setHostU64(m + POOL, pool);
        Mem.setHostU16(m + PRIV_SIZE, PRIVATE_BYTES);
        reset(m);
    }

    /**
     * Empty, reference count 1, one segment, standard headroom, no flags. The private area is left
     * as it is.
     */
    public static void reset(long m) {
        Mem.setHostU64(m + DATA_OFF, REARM);
        Mem.setHostU64(m + OL_FLAGS, 0);
        Mem.setHostU64(m + PACKET_TYPE, 0);
        Mem.setHostU32(m + DATA_LEN, 0);
        Mem.setHostU64(m + NEXT, 0);
        Mem.setHostU64(m + TX_OFFLOAD, 0);
    }

    /**
     * Makes {@code indirect}, a direct mbuf at rest, stand for {@code bytes} from {@code offset} of
     * the data room in which {@code m} points, as rte_pktmbuf_attach does. Reference counts are the
     * caller's. Every field is written once: a narrow store into a wide one just written would
     * stall the driver's load.
     */
    public static void pointAt(long indirect, long m, int offset, int bytes) {
        Mem.setHostU64(indirect + BUF_ADDR, Mem.hostU64(m + BUF_ADDR));
        Mem.setHostU64(indirect + BUF_IOVA, Mem.hostU64(m + BUF_IOVA));
        Mem.setHostU64(indirect + DATA_OFF, (REARM & ~0xffffL) | offset);
        Mem.setHostU64(indirect + OL_FLAGS, INDIRECT);
        Mem.setHostU64(indirect + PACKET_TYPE, (long) bytes << 32);
        Mem.setHostU32(indirect + DATA_LEN, bytes);
        Mem.setHostU16(indirect + BUF_LEN, Mem.hostU16(m + BUF_LEN));
        Mem.setHostU64(indirect + NEXT, 0);
        Mem.setHostU64(indirect + TX_OFFLOAD, 0);
        Mem.setHostU16(indirect + PRIV_SIZE, Mem.hostU16(m + PRIV_SIZE));
    }

    /** Start of the stack's private area of {@link #PRIVATE_BYTES}. */
    public static long privateArea(long m) {
        return m + STRUCT_BYTES;
    }

    public static long bufAddr(long m) {
        return Mem.hostU64(m + BUF_ADDR);
    }

    public static void setBufAddr(long m, long address) {
        Mem.setHostU64(m + BUF_ADDR, address);
    }

    public static long bufIova(long m) {
        return Mem.hostU64(m + BUF_IOVA);
    }

    public static void setBufIova(long m, long iova) {
        Mem.setHostU64(m + BUF_IOVA, iova);
    }

    /** Bytes of data room from {@link #bufAddr}, headroom included. */
    public static int bufLen(long m) {
        return Mem.hostU16(m + BUF_LEN);
    }

    public static void setBufLen(long m, int bytes) {
        Mem.setHostU16(m + BUF_LEN, bytes);
    }

    /** Where the data starts. */
    public static long data(long m) {
        return bufAddr(m) + dataOff(m);
    }

    public static int dataOff(long m) {
        return Mem.hostU16(m + DATA_OFF);
    }

    public static void setDataOff(long m, int offset) {
        Mem.setHostU16(m + DATA_OFF, offset);
    }

    /** Bytes of data in this buffer alone. */
    public static int dataLen(long m) {
        return Mem.hostU16(m + DATA_LEN);
    }

    public static void setDataLen(long m, int bytes) {
        Mem.setHostU16(m + DATA_LEN, bytes);
    }

    /** Bytes of the whole chain; valid in its first buffer. */
    public static int pktLen(long m) {
        return Mem.hostU32(m + PKT_LEN);
    }

    public static void setPktLen(long m, int bytes) {
        Mem.setHostU32(m + PKT_LEN, bytes);
    }

    /** Both lengths of a single-buffer frame. */
    public static void setLength(long m, int bytes) {
        setDataLen(m, bytes);
        setPktLen(m, bytes);
    }

    public static int tailroom(long m) {
        return bufLen(m) - dataOff(m) - dataLen(m);
    }

    public static int refcnt(long m) {
        return Mem.hostU16(m + REFCNT);
    }

    public static void setRefcnt(long m, int count) {
        Mem.setHostU16(m + REFCNT, count);
    }

    /** One more owner of this buffer (not of what is chained to it). */
    public static void retain(long m) {
        setRefcnt(m, refcnt(m) + 1);
    }

    public static int nbSegs(long m) {
        return Mem.hostU16(m + NB_SEGS);
    }

    public static void setNbSegs(long m, int count) {
        Mem.setHostU16(m + NB_SEGS, count);
    }

    public static int port(long m) {
        return Mem.hostU16(m + PORT);
    }

    public static void setPort(long m, int port) {
        Mem.setHostU16(m + PORT, port);
    }

    public static long olFlags(long m) {
        return Mem.hostU64(m + OL_FLAGS);
    }

    public static void setOlFlags(long m, long flags) {
        Mem.setHostU64(m + OL_FLAGS, flags);
    }

    public static int vlanTci(long m) {
        return Mem.hostU16(m + VLAN_TCI);
    }

    public static void setVlanTci(long m, int tci) {
        Mem.setHostU16(m + VLAN_TCI, tci);
    }

    public static int rssHash(long m) {
        return Mem.hostU32(m + RSS_HASH);
    }

    public static long pool(long m) {
        return Mem.hostU64(m + POOL);
    }

    /** The next buffer of the frame's chain, or 0. */
    public static long next(long m) {
        return Mem.hostU64(m + NEXT);
    }

    public static void setNext(long m, long next) {
        Mem.setHostU64(m + NEXT, next);
    }

    public static int privSize(long m) {
        return Mem.hostU16(m + PRIV_SIZE);
    }

    public static void setPrivSize(long m, int bytes) {
        Mem.setHostU16(m + PRIV_SIZE, bytes);
    }

    /** Header lengths and segment size as DPDK packs them: l2 7 bits, l3 9, l4 8, tso_segsz 16. */
    public static void setTxOffload(
            long m, int l2Bytes, int l3Bytes, int l4Bytes, int segmentBytes) {
        Mem.setHostU64(
                m + TX_OFFLOAD,
                l2Bytes | (long) l3Bytes << 7 | (long) l4Bytes << 16 | (long) segmentBytes << 24);
    }

    /**
     * Payload bytes of each wire segment inside a merged frame; 0 when the frame is one segment.
     */
    public static int segmentBytes(long m) {
        return (int) (Mem.hostU64(m + TX_OFFLOAD) >>> 24) & 0xffff;
    }

    /**
     * Drops {@code bytes} from the front of a buffer that holds at least as many; pktLen of a chain
     * follows.
     */
    public static void trimFront(long m, int bytes) {
        setDataOff(m, dataOff(m) + bytes);
        setDataLen(m, dataLen(m) - bytes);
        setPktLen(m, pktLen(m) - bytes);
    }

    /** Drops {@code bytes} from the end of a single-buffer frame that holds at least as many. */
    public static void trimBack(long m, int bytes) {
        setLength(m, dataLen(m) - bytes);
    }
}
