package io.mptcplb.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Whatever the writer puts into one segment, in any order and combination, the parser gets out
 * again. A failure names its seed; {@code -Dmptcplb.seed=N} runs another one.
 */
class OptionRoundTripTest {
    private static final long SEED = Long.getLong("mptcplb.seed", 8684);
    private static final int SEGMENTS = 200_000;
    private static final int KINDS = 15;

    private final TestMemory memory = new TestMemory();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final TcpOptions options = new TcpOptions();
    private final MptcpOptions mptcp = options.mptcp;
    private final Runnable[] checks = new Runnable[KINDS];
    private int checkCount;
    private int written;
    private int mask;

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void randomSegments_areReadAsWritten() {
        int[] seen = new int[KINDS];
        for (int i = 0; i < SEGMENTS; i++) {
            long at = memory.expose(TcpView.OPTION_BYTES_MAX, random.nextInt(8));
            long end = at;
            checkCount = 0;
            written = 0;
            mask = 0;
            for (int tries = 0; tries < 6; tries++) {
                int kind = random.nextInt(KINDS);
                long next = writeOnce(kind, end, (int) (at + TcpView.OPTION_BYTES_MAX - end));
                seen[kind] += next > end ? 1 : 0;
                end = next;
            }
            options.parse(at, (int) (end - at));
            check("segment " + i + " of seed " + SEED);
        }
        for (int kind = 0; kind < KINDS; kind++) {
            assertEquals(true, seen[kind] > 1000, "kind " + kind + " hardly occurs");
        }
    }

    private void check(String text) {
        assertEquals(0, options.malformed, text);
        assertEquals(0, mptcp.malformed, text);
        assertEquals(mask, mptcp.present, text);
        for (int i = 0; i < checkCount; i++) {
            try {
                checks[i].run();
            } catch (AssertionError e) {
                throw new AssertionError(text, e);
            }
        }
    }

    /** Writes the option if it is not there yet and fits; returns where the next one goes. */
    private long writeOnce(int kind, long at, int room) {
        if ((written & 1 << kind) != 0) {
            return at;
        }
        int before = checkCount;
        int maskBefore = mask;
        long next =
                switch (kind) {
                    case 0 -> mss(at, room);
                    case 1 -> windowScale(at, room);
                    case 2 -> timestamps(at, room);
                    case 3 -> sack(at, room);
                    case 4, 5 -> capable(at, room);
                    case 6, 7 -> join(at, room);
                    case 8, 9 -> dss(at, room);
                    case 10 -> addAddr(at, room);
                    case 11 -> removeAddr(at, room);
                    case 12 -> prio(at, room);
                    case 13 -> failOrFastclose(at, room);
                    default -> reset(at, room);
                };
        if (next == at) {
            checkCount = before;
            mask = maskBefore;
        } else {
            written |= 1 << kind;
        }
        return next;
    }

    private void expect(Runnable check) {
        checks[checkCount++] = check;
    }

    private long mss(long at, int room) {
        int mss = 1 + random.nextInt(0xffff);
        expect(() -> assertEquals(mss, options.mss));
        return room < 4 ? at : OptionWriter.mss(at, mss);
    }

    private long windowScale(long at, int room) {
        int shift = random.nextInt(15);
        expect(() -> assertEquals(shift, options.windowShift));
        return room < 4 ? at : OptionWriter.windowScale(at, shift);
    }

    private long timestamps(long at, int room) {
        int tsVal = random.nextInt();
        int tsEcr = random.nextInt();
        boolean permitted = random.nextBoolean();
        expect(() -> {
            assertEquals(true, options.hasTimestamp);
            assertEquals(tsVal, options.tsVal);
            assertEquals(tsEcr, options.tsEcr);
            assertEquals(permitted, options.sackPermitted);
        });
        if (room < 12) {
            return at;
        }
        return permitted
                ? OptionWriter.sackPermittedAndTimestamps(at, tsVal, tsEcr)
                : OptionWriter.timestamps(at, tsVal, tsEcr);
    }

    private long sack(long at, int room) {
        int blocks = 1 + random.nextInt(4);
        if (blocks > OptionWriter.sackBlocksThatFit(room)) {
            return at;
        }
        long next = OptionWriter.sackHeader(at, blocks);
        for (int i = 0; i < blocks; i++) {
            int block = i;
            int left = random.nextInt();
            int right = random.nextInt();
            next = OptionWriter.sackBlock(next, left, right);
            if (i == blocks - 1) {
                expect(() -> {
                    assertEquals(blocks, options.sackCount);
                    assertEquals(left, options.sackLeft[block]);
                    assertEquals(right, options.sackRight[block]);
                });
            }
        }
        return next;
    }

    private long capable(long at, int room) {
        if ((mask & MptcpOptions.MP_CAPABLE) != 0) {
            return at;
        }
        mask |= MptcpOptions.MP_CAPABLE;
        int form = random.nextInt(5);
        int bytes = new int[] {4, 12, 20, 22, 24}[form];
        int version = random.nextInt(16);
        int flags = random.nextInt(256);
        long key = random.nextLong();
        long other = random.nextLong();
        int data = random.nextInt(0x10000);
        int checksum = random.nextInt(0x10000);
        expect(() -> {
            assertEquals(bytes, mptcp.capableBytes);
            assertEquals(version, mptcp.capableVersion);
            assertEquals(flags, mptcp.capableFlags);
            assertEquals(form < 1 ? mptcp.sendersKey : key, mptcp.sendersKey);
            assertEquals(form < 2 ? mptcp.receiversKey : other, mptcp.receiversKey);
            assertEquals(form < 3 ? 0 : data, mptcp.capableDataBytes);
            assertEquals(form < 4 ? 0 : checksum, mptcp.capableChecksum);
        });
        if (room < (bytes + 3 & ~3)) {
            return at;
        }
        return switch (form) {
            case 0 -> OptionWriter.mpCapableSyn(at, version, flags);
            case 1 -> OptionWriter.mpCapableSynAck(at, version, flags, key);
            case 2 -> OptionWriter.mpCapableAck(at, version, flags, key, other);
            case 3 -> OptionWriter.mpCapableData(at, version, flags, key, other, data);
            default ->
                    OptionWriter.mpCapableDataChecksum(
                            at, version, flags, key, other, data << 16 | checksum);
        };
    }

    private long join(long at, int room) {
        if ((mask & MptcpOptions.MP_JOIN) != 0) {
            return at;
        }
        mask |= MptcpOptions.MP_JOIN;
        int bytes = new int[] {12, 16, 24}[random.nextInt(3)];
        boolean backup = bytes < 24 && random.nextBoolean();
        int id = bytes < 24 ? random.nextInt(256) : 0;
        int token = random.nextInt();
        int nonce = random.nextInt();
        long high = random.nextLong();
        long middle = random.nextLong();
        expect(() -> {
            assertEquals(bytes, mptcp.joinBytes);
            assertEquals(backup, mptcp.joinBackup);
            assertEquals(id, mptcp.joinAddressId);
            assertEquals(bytes == 12 ? token : mptcp.joinToken, mptcp.joinToken);
            assertEquals(bytes == 24 ? mptcp.joinNonce : nonce, mptcp.joinNonce);
            assertEquals(bytes == 12 ? mptcp.joinHmacHigh : high, mptcp.joinHmacHigh);
            assertEquals(bytes == 24 ? middle : mptcp.joinHmacMiddle, mptcp.joinHmacMiddle);
            assertEquals(bytes == 24 ? token : mptcp.joinHmacLow, mptcp.joinHmacLow);
        });
        if (room < bytes) {
            return at;
        }
        return switch (bytes) {
            case 12 -> OptionWriter.mpJoinSyn(at, backup, id, token, nonce);
            case 16 -> OptionWriter.mpJoinSynAck(at, backup, id, high, nonce);
            default -> OptionWriter.mpJoinAck(at, high, middle, token);
        };
    }

    private long dss(long at, int room) {
        int flags = random.nextInt(32) | (random.nextBoolean() ? OptionWriter.DSS_CHECKSUM : 0);
        if ((mask & MptcpOptions.DSS) != 0 || room < OptionWriter.dssBytes(flags)) {
            return at;
        }
        mask |= MptcpOptions.DSS;
        long ack = random.nextLong();
        long dsn = random.nextLong();
        int ssn = random.nextInt();
        int bytes = random.nextInt(0x10000);
        int checksum = random.nextInt(0x10000);
        boolean acked = (flags & OptionWriter.DSS_DATA_ACK) != 0;
        boolean ack8 = acked && (flags & OptionWriter.DSS_DATA_ACK_8) != 0;
        boolean mapped = (flags & OptionWriter.DSS_MAPPING) != 0;
        boolean dsn8 = mapped && (flags & OptionWriter.DSS_DSN_8) != 0;
        boolean summed = mapped && (flags & OptionWriter.DSS_CHECKSUM) != 0;
        boolean fin = mapped && (flags & OptionWriter.DSS_DATA_FIN) != 0;
        expect(() -> {
            assertEquals(acked, mptcp.hasDataAck);
            assertEquals(ack8, mptcp.dataAck8);
            assertEquals(mapped, mptcp.hasMapping);
            assertEquals(dsn8, mptcp.dsn8);
            assertEquals(summed, mptcp.hasChecksum);
            assertEquals(fin, mptcp.dataFin);
            if (acked) {
                assertEquals(ack8 ? ack : ack & 0xffff_ffffL, mptcp.dataAck);
            }
            if (mapped) {
                assertEquals(dsn8 ? dsn : dsn & 0xffff_ffffL, mptcp.dsn);
                assertEquals(ssn, mptcp.ssn);
                assertEquals(bytes, mptcp.mappingBytes);
                assertEquals(bytes == 0, mptcp.isInfiniteMapping());
            }
            if (summed) {
                assertEquals(checksum, mptcp.checksum);
            }
        });
        long next = OptionWriter.dss(at, flags, ack, dsn, ssn, bytes, checksum);
        assertEquals(OptionWriter.dssBytes(flags), next - at);
        return next;
    }

    private long addAddr(long at, int room) {
        mask |= MptcpOptions.ADD_ADDR;
        boolean ipv6 = random.nextBoolean();
        long hi = ipv6 ? random.nextLong() | 1L << 61 : 0;
        long lo = ipv6 ? random.nextLong() : IpAddresses.v4(random.nextInt());
        int port = random.nextBoolean() ? 1 + random.nextInt(0xffff) : 0;
        boolean echo = random.nextBoolean();
        long hmac = echo ? 0 : random.nextLong();
        int id = random.nextInt(256);
        expect(() -> {
            assertEquals(echo, mptcp.addEcho);
            assertEquals(id, mptcp.addAddressId);
            assertEquals(ipv6, mptcp.addIpv6);
            assertEquals(hi, mptcp.addAddressHi);
            assertEquals(lo, mptcp.addAddressLo);
            assertEquals(port, mptcp.addPort);
            assertEquals(hmac, mptcp.addHmac);
        });
        int bytes = OptionWriter.addAddrBytes(!ipv6, port != 0, echo);
        if (room < bytes) {
            return at;
        }
        long next =
                echo
                        ? OptionWriter.addAddrEcho(at, id, hi, lo, port)
                        : OptionWriter.addAddr(at, id, hi, lo, port, hmac);
        assertEquals(bytes, next - at);
        return next;
    }

    private long removeAddr(long at, int room) {
        mask |= MptcpOptions.REMOVE_ADDR;
        int count = 1 + random.nextInt(random.nextBoolean() ? 4 : MptcpOptions.REMOVE_IDS_MAX);
        int[] ids = random.ints(count, 0, 256).toArray();
        expect(() -> {
            assertEquals(count, mptcp.removeCount);
            for (int i = 0; i < count; i++) {
                assertEquals(ids[i], mptcp.removeIds[i]);
            }
        });
        return room < OptionWriter.removeAddrBytes(count)
                ? at
                : OptionWriter.removeAddr(at, ids, count);
    }

    private long prio(long at, int room) {
        mask |= MptcpOptions.MP_PRIO;
        boolean backup = random.nextBoolean();
        expect(() -> assertEquals(backup, mptcp.prioBackup));
        return room < OptionWriter.MP_PRIO_BYTES ? at : OptionWriter.mpPrio(at, backup);
    }

    private long failOrFastclose(long at, int room) {
        long value = random.nextLong();
        if (room < 12) {
            return at;
        }
        if (random.nextBoolean()) {
            mask |= MptcpOptions.MP_FAIL;
            expect(() -> assertEquals(value, mptcp.failDsn));
            return OptionWriter.mpFail(at, value);
        }
        mask |= MptcpOptions.MP_FASTCLOSE;
        expect(() -> assertEquals(value, mptcp.fastcloseKey));
        return OptionWriter.mpFastclose(at, value);
    }

    private long reset(long at, int room) {
        mask |= MptcpOptions.MP_TCPRST;
        boolean transientCondition = random.nextBoolean();
        ResetReason reason = ResetReason.ofCode(random.nextInt(7));
        expect(() -> {
            assertEquals(transientCondition ? 1 : 0, mptcp.resetFlags);
            assertEquals(reason.code(), mptcp.resetReason);
        });
        return room < OptionWriter.MP_TCPRST_BYTES
                ? at
                : OptionWriter.mpTcpRst(at, transientCondition, reason);
    }
}
