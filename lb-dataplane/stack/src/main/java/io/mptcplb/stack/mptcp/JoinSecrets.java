package io.mptcplb.stack.mptcp;

/** What one join's handshake has to remember (RFC 8684 s3.2). */
final class JoinSecrets {
    /** Our random number. */
    int localNonce;

    /** The peer's. */
    int remoteNonce;

    /** As server: the HMAC that the SYN/ACK carries. */
    long ownHmac;

    /** The 160 bits of the third ACK: as server those expected, as client those to send. */
    long ackHmacHigh;

    long ackHmacMiddle;
    int ackHmacLow;

    /** As server: our SYN/ACK's HMAC, and what the third ACK must carry. */
    void prepareServer(MptcpCrypto crypto, long localKey, long remoteKey) {
        crypto.hmacNonces(localKey, remoteKey, localNonce, remoteNonce);
        ownHmac = crypto.leftmost64();
        crypto.hmacNonces(remoteKey, localKey, remoteNonce, localNonce);
        keepAckHmac(crypto);
    }

    /** As client, once the SYN/ACK has come. True when its HMAC proves the server's key. */
    boolean prepareClient(MptcpCrypto crypto, long localKey, long remoteKey, long receivedHmac) {
        crypto.hmacNonces(remoteKey, localKey, remoteNonce, localNonce);
        boolean good = crypto.leftmost64() == receivedHmac;
        crypto.hmacNonces(localKey, remoteKey, localNonce, remoteNonce);
        keepAckHmac(crypto);
        return good;
    }

    private void keepAckHmac(MptcpCrypto crypto) {
        ackHmacHigh = crypto.leftmost64();
        ackHmacMiddle = crypto.second64();
        ackHmacLow = crypto.third32();
    }

    /** Compares all 160 bits, in a time that does not tell where they differ. */
    boolean ackMatches(long high, long middle, int low) {
        return ((high ^ ackHmacHigh) | (middle ^ ackHmacMiddle) | (low ^ ackHmacLow)) == 0;
    }

    void clear() {
        localNonce = 0;
        remoteNonce = 0;
        ownHmac = 0;
        ackHmacHigh = 0;
        ackHmacMiddle = 0;
        ackHmacLow = 0;
    }
}
