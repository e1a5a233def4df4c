package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mptcplb.frame.Mem;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Wrapping, parsing and writing a segment allocates nothing once warm: invariant 2. */
class ZeroAllocationTest {
    private static final int WARM_UP = 200_000;
    private static final int ITERATIONS = 2_000_000;
    private static final int HEADERS = 14 + 20 + 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final TestMemory memory = new TestMemory();
    private final FrameReader reader = new FrameReader();
    private int planted;
    private byte[] escape = new byte[0];

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void wrapParseWrite_allocatesNothing() {
        long at = memory.expose(HEADERS + TcpView.OPTION_BYTES_MAX, 0);
        assertEquals(WARM_UP, run(at, WARM_UP, false));
        long before = threads.getCurrentThreadAllocatedBytes();
        int good = run(at, ITERATIONS, false);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(ITERATIONS, good);
        // The second reading of the counter may cost a few bytes itself; one object each time
        // would be 16 MB and more.
        assertTrue(allocated < 4096, allocated + " bytes");
    }

    /** The measurement itself: one small array in a thousand iterations must show. */
    @Test
    void plantedAllocation_isSeen() {
        long at = memory.expose(HEADERS + TcpView.OPTION_BYTES_MAX, 0);
        run(at, WARM_UP, true);
        long before = threads.getCurrentThreadAllocatedBytes();
        run(at, ITERATIONS, true);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated >= 16L * ITERATIONS / 1000, allocated + " bytes");
        assertEquals(1, escape.length);
    }

    private int run(long at, int iterations, boolean plant) {
        int good = 0;
        for (int i = 0; i < iterations; i++) {
            int bytes = write(at, i);
            good += reader.read(at, bytes) == DropReason.NONE ? 1 : 0;
            good -= reader.options.mptcp.has(MptcpOptions.DSS) ? 0 : 1;
            if (plant && ++planted % 1000 == 0) {
                escape = new byte[1];
            }
        }
        return good;
    }

    private int write(long at, int i) {
        long ip = EthernetView.write(at, 1, 2, EthernetView.TYPE_IPV4);
        long tcp = ip + Ipv4View.HEADER_BYTES;
        long next = tcp + TcpView.HEADER_BYTES;
        next = OptionWriter.timestamps(next, i, i);
        int flags = i & 31;
        next = OptionWriter.dss(next, flags, i, i, i, 1400, 0);
        int tcpBytes = (int) (next - tcp);
        int offsetAndFlags = TcpView.offsetAndFlags(tcpBytes, TcpView.ACK);
        TcpView.write(tcp, 1000, 2000, i, i, offsetAndFlags, 1000);
        Ipv4View.write(ip, 20 + tcpBytes, 0, 64, IpProtocol.TCP, 0xc000_0201, 0xc000_0202);
        long src = IpAddresses.v4(0xc000_0201);
        long dst = IpAddresses.v4(0xc000_0202);
        int pseudo = Checksum.pseudo(false, 0, src, 0, dst, IpProtocol.TCP, tcpBytes);
        int sum = Checksum.add(pseudo, Checksum.sum(tcp, tcpBytes));
        TcpView.setChecksum(tcp, Checksum.complement(sum));
        assert Mem.u8(ip) == 0x45;
        return (int) (next - at);
    }
}
