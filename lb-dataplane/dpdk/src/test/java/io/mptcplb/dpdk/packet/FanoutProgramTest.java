package io.mptcplb.dpdk.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mptcplb.dpdk.packet.FanoutProgram.Instruction;
import io.mptcplb.frame.Steering;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program as the kernel runs it, against what everybody else works out. */
class FanoutProgramTest {
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final long V4_MAPPED = 0xffffL << 32;
    private static final int PACKETS = 2000;

    private final Random random = new Random(42);

    /** The instructions that we use, as linux/Documentation/networking/filter.rst has them. */
    private static int run(FanoutProgram program, int etherType, ByteBuffer packet) {
        List<Instruction> code = program.instructions();
        int[] memory = new int[16];
        int a = 0;
        int x = 0;
        int at = 0;
        while (true) {
            Instruction now = code.get(at++);
            int k = now.k();
            switch (now.code()) {
                case FanoutProgram.LD_W_ABS ->
                        a = k == FanoutProgram.PROTOCOL ? etherType : packet.getInt(net(k));
                case FanoutProgram.LD_H_ABS -> a = packet.getShort(net(k)) & 0xffff;
                case FanoutProgram.LD_B_ABS -> a = packet.get(net(k)) & 0xff;
                case FanoutProgram.LD_H_IND -> a = packet.getShort(net(k) + x) & 0xffff;
                case FanoutProgram.LD_MEM -> a = memory[k];
                case FanoutProgram.LDX_IMM -> x = k;
                case FanoutProgram.LDX_MEM -> x = memory[k];
                case FanoutProgram.LDX_MSH -> x = 4 * (packet.get(net(k)) & 0xf);
                case FanoutProgram.ST -> memory[k] = a;
                case FanoutProgram.ADD_X -> a += x;
                case FanoutProgram.MUL_K -> a *= k;
                case FanoutProgram.RSH_K -> a >>>= k;
                case FanoutProgram.MOD_K -> a = Integer.remainderUnsigned(a, k);
                case FanoutProgram.XOR_K -> a ^= k;
                case FanoutProgram.XOR_X -> a ^= x;
                case FanoutProgram.TAX -> x = a;
                case FanoutProgram.JA -> at += k;
                case FanoutProgram.JEQ_K -> at += a == k ? now.jumpTrue() : now.jumpFalse();
                case FanoutProgram.JSET_K -> at += (a & k) != 0 ? now.jumpTrue() : now.jumpFalse();
                case FanoutProgram.RET_K -> {
                    return k;
                }
                case FanoutProgram.RET_A -> {
                    return a;
                }
                default -> throw new IllegalStateException("code " + now.code());
            }
        }
    }

    private static int net(int k) {
        return k - FanoutProgram.NET;
    }

    private ByteBuffer randomPacket() {
        byte[] bytes = new byte[128];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private ByteBuffer v4(int optionBytes, int protocol, int fragment) {
        ByteBuffer packet = randomPacket();
        packet.put(0, (byte) (0x40 | 5 + optionBytes / 4));
        packet.putShort(6, (short) fragment);
        packet.put(9, (byte) protocol);
        return packet;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 64})
    void tcp_goesHome(int queues) {
        for (int i = 0; i < PACKETS; i++) {
            Steering steering = new Steering(queues, random.nextInt());
            FanoutProgram program = FanoutProgram.of(steering);
            int optionBytes = 4 * random.nextInt(11);
            ByteBuffer v4 = v4(optionBytes, 6, 0x4000);
            int tcp = 20 + optionBytes;
            long remote = V4_MAPPED | v4.getInt(12) & 0xffff_ffffL;
            int remotePort = v4.getShort(tcp) & 0xffff;
            int localPort = v4.getShort(tcp + 2) & 0xffff;
            assertEquals(
                    steering.queueOf(0, remote, localPort, remotePort), run(program, IPV4, v4));

            ByteBuffer v6 = randomPacket().put(6, (byte) 6);
            remotePort = v6.getShort(40) & 0xffff;
            localPort = v6.getShort(42) & 0xffff;
            assertEquals(
                    steering.queueOf(v6.getLong(8), v6.getLong(16), localPort, remotePort),
                    run(program, IPV6, v6));
        }
    }

    @Test
    void allElse_goesToTheFirstQueue() {
        FanoutProgram program = FanoutProgram.of(new Steering(64, 7));
        for (int i = 0; i < PACKETS; i++) {
            assertEquals(0, run(program, 0x0806, randomPacket()), "ARP");
            assertEquals(0, run(program, IPV4, v4(0, 1, 0)), "ICMP");
            assertEquals(0, run(program, IPV4, v4(0, 6, 0x2000)), "first fragment");
            assertEquals(0, run(program, IPV4, v4(0, 6, 1 + random.nextInt(0x1fff))), "fragment");
            assertEquals(0, run(program, IPV6, randomPacket().put(6, (byte) 58)), "ICMPv6");
            assertEquals(0, run(program, IPV6, randomPacket().put(6, (byte) 44)), "fragment");
        }
    }

    @Test
    void program_isNoLongerThanTheKernelTakes() {
        assertTrue(FanoutProgram.of(new Steering(64, 7)).instructions().size() <= 4096);
    }
}
