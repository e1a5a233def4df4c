package io.mptcplb.wire;

import io.mptcplb.frame.Mem;

/**
 * Every form of every MPTCP option (RFC 8684 s3) of one segment: a mask of what is present, and
 * flat fields. Fields of an absent option keep whatever an earlier segment left; look at {@link
 * #has} first. Written by {@link TcpOptions#parse} only.
 *
 * <p>An option whose length fits none of its forms is absent and counted in {@link #malformed}. So
 * is the second of the same subtype in one segment: the first counts.
 */
public final class MptcpOptions {
    // Presence bits, 1 << subtype.
    public static final int MP_CAPABLE = 1;
    public static final int MP_JOIN = 1 << 1;
    public static final int DSS = 1 << 2;
    public static final int ADD_ADDR = 1 << 3;
    public static final int REMOVE_ADDR = 1 << 4;
    public static final int MP_PRIO = 1 << 5;
    public static final int MP_FAIL = 1 << 6;
    public static final int MP_FASTCLOSE = 1 << 7;
    public static final int MP_TCPRST = 1 << 8;

    // MP_CAPABLE flags (s3.1).
    /** A: checksums required. */
    public static final int FLAG_CHECKSUM = 0x80;

    /** B: extensibility; must be 0. */
    public static final int FLAG_EXTENSIBILITY = 0x40;

    /** C: do not open subflows to the address this option came from. */
    public static final int FLAG_DENY_JOIN_INITIAL = 0x20;

    /** D to G: other crypto algorithms, none of which exists. */
    public static final int FLAGS_D_TO_G = 0x1e;

    /** H: HMAC-SHA256. */
    public static final int FLAG_HMAC_SHA256 = 0x01;

    // Forms of MP_CAPABLE and MP_JOIN, told by their length in bytes.
    public static final int CAPABLE_SYN_BYTES = 4;

    /** SYN/ACK; also a SYN of version 0, which carries the key (RFC 6824 s3.1). */
    public static final int CAPABLE_SYN_ACK_BYTES = 12;

    public static final int CAPABLE_ACK_BYTES = 20;
    public static final int CAPABLE_DATA_BYTES = 22;
    public static final int CAPABLE_DATA_CHECKSUM_BYTES = 24;
    public static final int JOIN_SYN_BYTES = 12;
    public static final int JOIN_SYN_ACK_BYTES = 16;
    public static final int JOIN_ACK_BYTES = 24;

    // DSS flags (s3.3).
    static final int DSS_DATA_ACK = 0x01;
    static final int DSS_DATA_ACK_8 = 0x02;
    static final int DSS_MAPPING = 0x04;
    static final int DSS_DSN_8 = 0x08;
    static final int DSS_DATA_FIN = 0x10;

    // MP_TCPRST flags (s3.6).
    /** T: the condition is transient. */
    public static final int RESET_TRANSIENT = 0x01;

    /** Ids of one REMOVE_ADDR at most: all that 40 bytes hold. */
    public static final int REMOVE_IDS_MAX = 37;

    private static final int SUBTYPE_LAST = 8;

    /** Bits of what the segment carried. */
    public int present;

    /** Options of a wrong length or repeated. */
    public int malformed;

    /** Options of a subtype that RFC 8684 does not assign; ignored. */
    public int unknown;

    // MP_CAPABLE.
    /** Length in bytes, which tells the form: one of the {@code CAPABLE_*_BYTES}. */
    public int capableBytes;

    /** 0 to 15; not judged here. */
    public int capableVersion;

    /** Flags A (0x80) to H (0x01). */
    public int capableFlags;

    /** Key of the host that sent this; not in the 4-byte form. */
    public long sendersKey;

    /** The other key, echoed; in forms of 20 bytes and more. */
    public long receiversKey;

    /** Data-Level Length of the first mapping; in forms of 22 and 24 bytes. */
    public int capableDataBytes;

    /** DSS checksum of that mapping; in the form of 24 bytes. */
    public int capableChecksum;

    // MP_JOIN.
    /** Length in bytes, which tells the form: one of the {@code JOIN_*_BYTES}. */
    public int joinBytes;

    /** The sender wants this subflow as a backup; in SYN and SYN/ACK. */
    public boolean joinBackup;

    /** Address id of the sender; in SYN and SYN/ACK. */
    public int joinAddressId;

    /** Token of the connection; in the SYN. */
    public int joinToken;

    /** The sender's random number; in SYN and SYN/ACK. */
    public int joinNonce;

    /** First 64 bits of the HMAC: all of it in the SYN/ACK, the start of 160 bits in the ACK. */
    public long joinHmacHigh;

    /** Bits 64 to 127 of the HMAC in the ACK. */
    public long joinHmacMiddle;

    /** Bits 128 to 159 of the HMAC in the ACK. */
    public int joinHmacLow;

    // DSS.
    public boolean hasDataAck;

    /** The DATA_ACK has 8 octets; otherwise {@link #dataAck} is its low 32 bits. */
    public boolean dataAck8;

    /** Unsigned; the low 32 bits, zero-extended, when not {@link #dataAck8}. */
    public long dataAck;

    public boolean hasMapping;

    /** The DSN has 8 octets; otherwise {@link #dsn} is its low 32 bits. */
    public boolean dsn8;

    /** Unsigned; the low 32 bits, zero-extended, when not {@link #dsn8}. */
    public long dsn;

    /** Relative subflow sequence number: the SYN has 0, the first byte of payload 1. */
    public int ssn;

    /** Data-Level Length, 0 to 65,535, DATA_FIN included; 0 is the infinite mapping (s3.7). */
    public int mappingBytes;

    /** The mapping carries a checksum. */
    public boolean hasChecksum;

    public int checksum;

    /** The mapping ends with DATA_FIN. Never without a mapping: the flag alone has no place. */
    public boolean dataFin;

    // ADD_ADDR.
    public boolean addEcho;
    public int addAddressId;
    public boolean addIpv6;

    /** The address, v4-mapped where it is IPv4. */
    public long addAddressHi;

    public long addAddressLo;

    /** 0 when absent: the port of the subflow it came on. */
    public int addPort;

    /** Truncated HMAC; absent (0) when {@link #addEcho}. */
    public long addHmac;

    // REMOVE_ADDR.
    /** Ids that follow, 1 to 37. */
    public int removeCount;

    /** The ids; valid up to {@link #removeCount}. */
    public final int[] removeIds = new int[REMOVE_IDS_MAX];

    // MP_PRIO.
    /** The subflow it arrived on is to be a backup. */
    public boolean prioBackup;

    // MP_FAIL.
    /** Start of the mapping whose checksum failed, all 64 bits. */
    public long failDsn;

    // MP_FASTCLOSE.
    /** The key of the host that receives it. */
    public long fastcloseKey;

    // MP_TCPRST.
    /** U, V, W and {@link #RESET_TRANSIENT}. */
    public int resetFlags;

    /** The octet as received; see {@link ResetReason#ofCode}. */
    public int resetReason;

    MptcpOptions() {}

    /** True when all of the given options are present. */
    public boolean has(int mask) {
        return (present & mask) == mask;
    }

    /** True when at least one of the given options is present. */
    public boolean hasAny(int mask) {
        return (present & mask) != 0;
    }

    /** True for an infinite mapping: from its DSN on, plain TCP (s3.7). */
    public boolean isInfiniteMapping() {
        return hasMapping && mappingBytes == 0;
    }

    void clear() {
        present = 0;
        malformed = 0;
        unknown = 0;
        hasDataAck = false;
        hasMapping = false;
        hasChecksum = false;
        dataFin = false;
    }

    /** One option of kind 30; {@code length} bytes lie inside the option space. */
    void parse(long at, int length) {
        if (length < 3) {
            malformed++;
            return;
        }
        int subtype = Mem.u8(at + 2) >>> 4;
        if (subtype > SUBTYPE_LAST) {
            unknown++;
            return;
        }
        int bit = 1 << subtype;
        boolean good = (present & bit) == 0 && parseSubtype(subtype, at, length);
        if (good) {
            present |= bit;
        } else {
            malformed++;
        }
    }

    private boolean parseSubtype(int subtype, long at, int length) {
        return switch (subtype) {
            case 0 -> parseCapable(at, length);
            case 1 -> parseJoin(at, length);
            case 2 -> parseDss(at, length);
            case 3 -> parseAddAddr(at, length);
            case 4 -> parseRemoveAddr(at, length);
            case 5 -> parsePrio(at, length);
            case 6 -> parseFail(at, length);
            case 7 -> parseFastclose(at, length);
            case SUBTYPE_LAST -> parseReset(at, length);
            default -> throw new AssertionError("a subtype without a parser");
        };
    }

    /** s3.1; figure 4. */
    private boolean parseCapable(long at, int length) {
        switch (length) {
            case CAPABLE_SYN_BYTES -> {}
            case CAPABLE_SYN_ACK_BYTES -> sendersKey = Mem.u64(at + 4);
            case CAPABLE_ACK_BYTES, CAPABLE_DATA_BYTES, CAPABLE_DATA_CHECKSUM_BYTES -> {
                sendersKey = Mem.u64(at + 4);
                receiversKey = Mem.u64(at + 12);
            }
            default -> {
                return false;
            }
        }
        capableBytes = length;
        capableVersion = Mem.u8(at + 2) & 0xf;
        capableFlags = Mem.u8(at + 3);
        capableDataBytes = length >= CAPABLE_DATA_BYTES ? Mem.u16(at + 20) : 0;
        capableChecksum = length == CAPABLE_DATA_CHECKSUM_BYTES ? Mem.u16(at + 22) : 0;
        return true;
    }

    /** s3.2; figures 5 to 7. */
    private boolean parseJoin(long at, int length) {
        switch (length) {
            case JOIN_SYN_BYTES -> {
                joinToken = Mem.u32(at + 4);
                joinNonce = Mem.u32(at + 8);
            }
            case JOIN_SYN_ACK_BYTES -> {
                joinHmacHigh = Mem.u64(at + 4);
                joinNonce = Mem.u32(at + 12);
            }
            case JOIN_ACK_BYTES -> {
                joinHmacHigh = Mem.u64(at + 4);
                joinHmacMiddle = Mem.u64(at + 12);
                joinHmacLow = Mem.u32(at + 20);
            }
            default -> {
                return false;
            }
        }
        joinBytes = length;
        joinBackup = (Mem.u8(at + 2) & 1) != 0;
        joinAddressId = Mem.u8(at + 3);
        return true;
    }

    /** s3.3; figure 9. The length is that of the flags, plus 2 with a checksum. */
    private boolean parseDss(long at, int length) {
        if (length < 4) {
            return false;
        }
        int flags = Mem.u8(at + 3);
        int bytes = dssBytes(flags);
        boolean mapped = (flags & DSS_MAPPING) != 0;
        boolean summed = mapped && length == bytes + 2;
        if (length != bytes && !summed) {
            return false;
        }
        long next = at + 4;
        hasDataAck = (flags & DSS_DATA_ACK) != 0;
        dataAck8 = hasDataAck && (flags & DSS_DATA_ACK_8) != 0;
        if (hasDataAck) {
            dataAck = dataAck8 ? Mem.u64(next) : Mem.u32(next) & 0xffff_ffffL;
            next += dataAck8 ? 8 : 4;
        }
        hasMapping = mapped;
        dsn8 = mapped && (flags & DSS_DSN_8) != 0;
        dataFin = mapped && (flags & DSS_DATA_FIN) != 0;
        hasChecksum = summed;
        if (mapped) {
            dsn = dsn8 ? Mem.u64(next) : Mem.u32(next) & 0xffff_ffffL;
            next += dsn8 ? 8 : 4;
            ssn = Mem.u32(next);
            mappingBytes = Mem.u16(next + 4);
            checksum = summed ? Mem.u16(next + 6) : 0;
        }
        return true;
    }

    /** Bytes of a DSS with these wire flags, without checksum and padding. */
    static int dssBytes(int flags) {
        int bytes = 4;
        if ((flags & DSS_DATA_ACK) != 0) {
            bytes += (flags & DSS_DATA_ACK_8) != 0 ? 8 : 4;
        }
        if ((flags & DSS_MAPPING) != 0) {
            bytes += ((flags & DSS_DSN_8) != 0 ? 8 : 4) + 6;
        }
        return bytes;
    }

    /** s3.4.1; figure 12. An echo has no HMAC; anything else must have one. */
    private boolean parseAddAddr(long at, int length) {
        boolean echo = (Mem.u8(at + 2) & 1) != 0;
        int addressAndPort = length - 4 - (echo ? 0 : 8);
        boolean ipv6 = addressAndPort >= 16;
        int portBytes = addressAndPort - (ipv6 ? 16 : 4);
        if (portBytes != 0 && portBytes != 2) {
            return false;
        }
        addEcho = echo;
        addAddressId = Mem.u8(at + 3);
        addIpv6 = ipv6;
        addAddressHi = ipv6 ? Mem.u64(at + 4) : 0;
        addAddressLo = ipv6 ? Mem.u64(at + 12) : IpAddresses.v4(Mem.u32(at + 4));
        long port = at + (ipv6 ? 20 : 8);
        addPort = portBytes == 0 ? 0 : Mem.u16(port);
        addHmac = echo ? 0 : Mem.u64(port + portBytes);
        return true;
    }

    /** s3.4.2; figure 13. */
    private boolean parseRemoveAddr(long at, int length) {
        int count = length - 3;
        if (count < 1 || count > REMOVE_IDS_MAX) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            removeIds[i] = Mem.u8(at + 3 + i);
        }
        removeCount = count;
        return true;
    }

    /** s3.3.8; figure 11. Version 0 had a fourth byte with an address id: ignored, as by Linux. */
    private boolean parsePrio(long at, int length) {
        prioBackup = (Mem.u8(at + 2) & 1) != 0;
        return length == 3;
    }

    /** s3.7; figure 16. */
    private boolean parseFail(long at, int length) {
        if (length != 12) {
            return false;
        }
        failDsn = Mem.u64(at + 4);
        return true;
    }

    /** s3.5; figure 14. */
    private boolean parseFastclose(long at, int length) {
        if (length != 12) {
            return false;
        }
        fastcloseKey = Mem.u64(at + 4);
        return true;
    }

    /** s3.6; figure 15. */
    private boolean parseReset(long at, int length) {
        if (length != 4) {
            return false;
        }
        resetFlags = Mem.u8(at + 2) & 0xf;
        resetReason = Mem.u8(at + 3);
        return true;
    }
}
