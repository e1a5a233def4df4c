package io.mptcplb.dpdk.packet;

import io.mptcplb.frame.Mem;
import io.mptcplb.frame.Steering;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Steering} as a classic BPF program, by which the kernel spreads frames over the sockets of
 * a fanout group. TCP goes home; all else goes to the first queue: ARP, neighbour discovery, ICMP,
 * fragments, and packets whose TCP header lies behind extension headers, which their worker hands
 * over.
 *
 * <pre>
 *  struct sock_filter: u16 code, u8 jt, u8 jf, u32 k
 * </pre>
 */
final class FanoutProgram {
    static final int INSTRUCTION_BYTES = 8;

    // linux/bpf_common.h: class | size | mode, class | operation | source.
    static final int LD_W_ABS = 0x20;
    static final int LD_H_ABS = 0x28;
    static final int LD_B_ABS = 0x30;
    static final int LD_H_IND = 0x48;
    static final int LD_MEM = 0x60;
    static final int LDX_IMM = 0x01;
    static final int LDX_MEM = 0x61;
    static final int LDX_MSH = 0xb1;
    static final int ST = 0x02;
    static final int ADD_X = 0x0c;
    static final int MUL_K = 0x24;
    static final int RSH_K = 0x74;
    static final int MOD_K = 0x94;
    static final int XOR_K = 0xa4;
    static final int XOR_X = 0xac;
    static final int JA = 0x05;
    static final int JEQ_K = 0x15;
    static final int JSET_K = 0x45;
    static final int TAX = 0x07;
    static final int RET_K = 0x06;
    static final int RET_A = 0x16;

    /** Loads from here on see the network header, wherever the frame's data starts. */
    static final int NET = -0x10_0000;

    /** The frame's EtherType, behind any tag. */
    static final int PROTOCOL = -0x1000;

    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int TCP = 6;
    private static final int FRAGMENT = 0x3fff;
    private static final int IPV6_BYTES = 40;

    private static final int ADDRESS = 0;
    private static final int LOCAL_PORT = 1;
    private static final int REMOTE_PORT = 2;

    /** One instruction. */
    record Instruction(int code, int jumpTrue, int jumpFalse, int k) {}

    private final List<Instruction> instructions = new ArrayList<>();

    private FanoutProgram(Steering steering) {
        // Jumps are counted from the next instruction on; a return to the first queue is never far.
        add(LD_W_ABS, PROTOCOL);
        jump(JEQ_K, IPV6, 10, 0);
        jump(JEQ_K, IPV4, 1, 0);
        add(RET_K, 0);
        add(LD_B_ABS, NET + 9);
        jump(JEQ_K, TCP, 0, 2);
        add(LD_H_ABS, NET + 6);
        jump(JSET_K, FRAGMENT, 0, 1);
        add(RET_K, 0);
        add(LD_W_ABS, NET + 12);
        add(XOR_K, Steering.V4_FOLD);
        add(JA, 15);
        // IPv6
        add(LD_B_ABS, NET + 6);
        jump(JEQ_K, TCP, 1, 0);
        add(RET_K, 0);
        add(LD_W_ABS, NET + 8);
        for (int word = 12; word <= 20; word += 4) {
            add(TAX, 0);
            add(LD_W_ABS, NET + word);
            add(XOR_X, 0);
        }
        add(LDX_IMM, IPV6_BYTES);
        add(JA, 1);
        // IPv4 again
        add(LDX_MSH, NET);
        mix(steering);
    }

    /** The remote address, folded, is in A; where TCP's header is, in X. */
    private void mix(Steering steering) {
        add(XOR_K, steering.seed());
        add(MUL_K, Steering.ADDRESS_FACTOR);
        add(ST, ADDRESS);
        add(LD_H_IND, NET + 2);
        add(ST, LOCAL_PORT);
        add(LD_H_IND, NET);
        add(ST, REMOTE_PORT);
        add(LDX_MEM, ADDRESS);
        add(LD_MEM, ADDRESS);
        add(RSH_K, 16);
        add(XOR_X, 0);
        add(LDX_MEM, REMOTE_PORT);
        add(ADD_X, 0);
        add(MUL_K, Steering.PORT_FACTOR);
        add(RSH_K, 16);
        add(LDX_MEM, LOCAL_PORT);
        add(ADD_X, 0);
        add(MOD_K, steering.queues());
        add(RET_A, 0);
    }

    static FanoutProgram of(Steering steering) {
        return new FanoutProgram(steering);
    }

    private void add(int code, int k) {
        instructions.add(new Instruction(code, 0, 0, k));
    }

    private void jump(int code, int k, int jumpTrue, int jumpFalse) {
        instructions.add(new Instruction(code, jumpTrue, jumpFalse, k));
    }

    List<Instruction> instructions() {
        return List.copyOf(instructions);
    }

    /** Writes all instructions to {@code at}, {@link #INSTRUCTION_BYTES} each. */
    void write(long at) {
        long next = at;
        for (Instruction each : instructions) {
            Mem.setHostU16(next, each.code());
            Mem.setU8(next + 2, each.jumpTrue());
            Mem.setU8(next + 3, each.jumpFalse());
            Mem.setHostU32(next + 4, each.k());
            next += INSTRUCTION_BYTES;
        }
    }
}
