package io.mptcplb.stack.mptcp;

import io.mptcplb.stack.tcp.TcpEndpoint;
import io.mptcplb.wire.MptcpOptions;

/** What both hosts of one connection know after the first handshake (RFC 8684 s3.1). */
final class Agreement {
    private boolean client;
    private boolean checksums;
    private boolean denyInitial;
    private boolean deniedInitial;
    private boolean verified;
    private boolean thirdAckSent;
    private boolean peerUsesDsn8;
    private long localKey;
    private long remoteKey;
    private int localToken;
    private int remoteToken;
    private long initialHi;
    private long initialLo;
    private int initialPort;
    private long clientHi;
    private long clientLo;
    private int clientPort;

    /** Starts anew, by the first subflow. {@code crypto} then holds the hash of our key. */
    void begin(
            MptcpCrypto crypto,
            TcpEndpoint first,
            long key,
            MptcpPolicy policy,
            boolean withChecksums) {
        crypto.hashKey(key);
        localKey = key;
        localToken = crypto.token();
        remoteKey = 0;
        remoteToken = 0;
        client = first.listener() == null;
        checksums = withChecksums;
        denyInitial = policy.denyJoinInitial() && !client;
        deniedInitial = false;
        verified = false;
        thirdAckSent = false;
        peerUsesDsn8 = false;
        initialHi = client ? first.route().remoteHi() : first.route().localHi();
        initialLo = client ? first.route().remoteLo() : first.route().localLo();
        initialPort = client ? first.remotePort() : first.localPort();
        clientHi = client ? first.route().localHi() : first.route().remoteHi();
        clientLo = client ? first.route().localLo() : first.route().remoteLo();
        clientPort = client ? first.localPort() : first.remotePort();
    }

    /** The peer's key has come. {@code crypto} then holds its hash. */
    void learn(MptcpCrypto crypto, long key) {
        remoteKey = key;
        crypto.hashKey(key);
        remoteToken = crypto.token();
    }

    /** As client: what the server's MP_CAPABLE asks for. */
    void learnFlags(int flags) {
        checksums |= (flags & MptcpOptions.FLAG_CHECKSUM) != 0;
        deniedInitial = (flags & MptcpOptions.FLAG_DENY_JOIN_INITIAL) != 0;
    }

    /** Wipes the keys. */
    void forget() {
        localKey = 0;
        remoteKey = 0;
    }

    void forgetToken() {
        localToken = 0;
    }

    boolean client() {
        return client;
    }

    /** DSS checksums both ways. */
    boolean checksums() {
        return checksums;
    }

    /** As client: the server wants no join to its first address. */
    boolean deniedInitial() {
        return deniedInitial;
    }

    /** The peer has shown that it sees our options. */
    boolean verified() {
        return verified;
    }

    void verify() {
        verified = true;
    }

    /** The peer's last mapping had a DSN of 8 octets: it reads DATA_ACKs of 8 octets beside one. */
    boolean peerUsesDsn8() {
        return peerUsesDsn8;
    }

    void peerUsesDsn8(boolean used) {
        peerUsesDsn8 = used;
    }

    long localKey() {
        return localKey;
    }

    long remoteKey() {
        return remoteKey;
    }

    /** What the peer names this connection by; 0 when it may no more. */
    int localToken() {
        return localToken;
    }

    int remoteToken() {
        return remoteToken;
    }

    /** As client: the server may not have seen the third ACK. */
    boolean mustProveFirstData() {
        return client && !verified;
    }

    /**
     * As client: the next acknowledgement is the third ACK, or repeats it while there is nothing
     * else to say.
     */
    boolean takesThirdAck(boolean somethingElse) {
        boolean takes = mustProveFirstData() && !(thirdAckSent && somethingElse);
        thirdAckSent |= takes;
        return takes;
    }

    /** Flags of our MP_CAPABLE. */
    int capableFlags() {
        return MptcpOptions.FLAG_HMAC_SHA256
                | (checksums ? MptcpOptions.FLAG_CHECKSUM : 0)
                | (denyInitial ? MptcpOptions.FLAG_DENY_JOIN_INITIAL : 0);
    }

    /** The server's address and port of the first subflow; port 0 stands for its own. */
    boolean isInitial(long hi, long lo, int port) {
        return hi == initialHi && lo == initialLo && (port == 0 || port == initialPort);
    }

    boolean isInitialAddress(long hi, long lo) {
        return hi == initialHi && lo == initialLo;
    }

    long initialHi() {
        return initialHi;
    }

    long initialLo() {
        return initialLo;
    }

    int initialPort() {
        return initialPort;
    }

    /** Where the first subflow came from. */
    long clientHi() {
        return clientHi;
    }

    long clientLo() {
        return clientLo;
    }

    int clientPort() {
        return clientPort;
    }
}
