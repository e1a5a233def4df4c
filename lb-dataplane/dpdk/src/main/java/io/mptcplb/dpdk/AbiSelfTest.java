package io.mptcplb.dpdk;

import io.mptcplb.frame.Mbuf;
import io.mptcplb.frame.Mem;
import java.lang.foreign.Arena;

/**
 * Proves at start, on real mbufs, that this DPDK build lays out what we write as we believe: fields
 * of fresh mbufs, DPDK's own judgement of a chain built here, and that freeing that chain brings
 * back every mbuf. Builds with other options (64-bit timestamps first, no IOVA in the mbuf,
 * debugging cookies) fail here by name instead of by SIGSEGV later.
 */
final class AbiSelfTest {
    private static final int MBUFS = 31;
    private static final int INDIRECTS = 15;

    private final Abi abi;

    private AbiSelfTest(Abi abi) {
        this.abi = abi;
    }

    static void run(Abi abi) {
        AbiSelfTest test = new AbiSelfTest(abi);
        try (DpdkBufferPool pool =
                        DpdkBufferPool.create("self-test", MBUFS, Mbuf.DEFAULT_ROOM_BYTES);
                IndirectPool indirect = new IndirectPool("self-test-i", INDIRECTS)) {
            test.mempool(pool);
            test.freshMbuf(pool);
            test.chain(pool, indirect);
        }
    }

    private void mempool(DpdkBufferPool pool) {
        long mempool = pool.mempool();
        require(Mem.hostU32(mempool + Abi.MEMPOOL_SIZE) == MBUFS, "rte_mempool.size");
        int elementBytes = Mbuf.STRUCT_BYTES + Mbuf.PRIVATE_BYTES + Mbuf.DEFAULT_ROOM_BYTES;
        require(
                Mem.hostU32(mempool + Abi.MEMPOOL_ELT_SIZE) == elementBytes,
                "rte_mempool.elt_size");
        require(pool.available() == MBUFS, "rte_mempool_avail_count");
    }

    private void freshMbuf(DpdkBufferPool pool) {
        long m = pool.alloc();
        require(m != 0, "dequeue of the mempool's operations");
        require(Mbuf.pool(m) == pool.mempool(), "rte_mbuf.pool");
        require(Mbuf.bufAddr(m) == m + Mbuf.STRUCT_BYTES + Mbuf.PRIVATE_BYTES, "rte_mbuf.buf_addr");
        require(Mbuf.bufLen(m) == Mbuf.DEFAULT_ROOM_BYTES, "rte_mbuf.buf_len");
        require(Mbuf.privSize(m) == Mbuf.PRIVATE_BYTES, "rte_mbuf.priv_size");
        require(
                Mbuf.refcnt(m) == 1 && Mbuf.nbSegs(m) == 1 && Mbuf.next(m) == 0,
                "rte_mbuf.refcnt, nb_segs, next");
        require(Mbuf.bufIova(m) != 0, "rte_mbuf.buf_iova");
        judge(m, "a fresh mbuf");
        pool.release(m);
        require(pool.available() == MBUFS, "an mbuf that was released");
    }

    /** A header, and two slices of one payload mbuf, freed as a driver frees what it has sent. */
    private void chain(DpdkBufferPool pool, IndirectPool indirect) {
        long header = pool.alloc();
        long payload = pool.alloc();
        long first = indirect.take();
        long second = indirect.take();
        Mbuf.setLength(payload, 1000);
        IndirectPool.attach(first, payload, Mbuf.HEADROOM_BYTES, 400);
        IndirectPool.attach(second, payload, Mbuf.HEADROOM_BYTES + 400, 600);
        Mbuf.setLength(header, 54);
        Mbuf.setPktLen(header, 1054);
        Mbuf.setNbSegs(header, 3);
        Mbuf.setNext(header, first);
        Mbuf.setNext(first, second);
        require(Mbuf.refcnt(payload) == 3, "references to a payload in two slices");
        judge(header, "a chain with indirect mbufs");
        free(header);
        require(Mbuf.refcnt(payload) == 1, "references after the chain was freed");
        require(indirect.available() == INDIRECTS, "indirect mbufs after the chain was freed");
        require(pool.available() == MBUFS - 1, "header after the chain was freed");
        require(
                Mbuf.bufAddr(first) == first + Mbuf.STRUCT_BYTES,
                "buf_addr after rte_pktmbuf_detach");
        pool.release(payload);
        require(pool.available() == MBUFS, "payload after its last release");
    }

    private void judge(long m, String what) {
        try (Arena arena = Arena.ofConfined()) {
            long reason = arena.allocate(8, 8).address();
            Mem.register(reason, 8);
            int verdict = Natives.mbufCheck(m, 1, reason);
            long text = Mem.hostU64(reason);
            Mem.unregister(reason);
            require(
                    verdict == 0,
                    "rte_mbuf_check of " + what + (text == 0 ? "" : ": " + Natives.string(text)));
        }
    }

    private static void free(long m) {
        try (Arena arena = Arena.ofConfined()) {
            long table = arena.allocate(8, 8).address();
            Mem.register(table, 8);
            Mem.setHostU64(table, m);
            Natives.pktmbufFreeBulk(table, 1);
            Mem.unregister(table);
        }
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new DpdkException(
                    DpdkError.ABI_SELF_TEST_FAILED,
                    what + " is not as DPDK " + abi.release() + " has it");
        }
    }
}
