package io.mptcplb.frame;

/**
 * Which queue of a port, and so which worker, a TCP segment belongs to: its home. Everybody works
 * out the same, without asking: the kernel when it spreads frames over sockets, a worker that is
 * given a frame, and whoever chooses a source port such that the answers come home.
 *
 * <p>The local port is added last, so that of any consecutive local ports each leads to another
 * queue; which one, follows from the remote side under a seed. Subflows of one connection have
 * homes of their own.
 */
public final class Steering {
    /** One queue for everything. */
    public static final Steering ONE = new Steering(1, 0);

    /** Odd, their bits well mixed: neighbouring addresses and ports end up far apart. */
    public static final int ADDRESS_FACTOR = 0x85eb_ca6b;

    public static final int PORT_FACTOR = 0x9e37_79b1;

    /** What an IPv4 address has above it in its v4-mapped form. */
    public static final int V4_FOLD = 0xffff;

    private final int queues;
    private final int seed;

    /**
     * @param queues of every port, at least 1
     * @param seed makes homes hard to foretell; the same for all who are to agree
     */
    public Steering(int queues, int seed) {
        if (queues < 1) {
            throw new IllegalArgumentException(queues + " queues");
        }
        this.queues = queues;
        this.seed = seed;
    }

    public int queues() {
        return queues;
    }

    public int seed() {
        return seed;
    }

    /** The home of a segment between these, seen from here; addresses are v4-mapped for IPv4. */
    public int queueOf(long remoteHi, long remoteLo, int localPort, int remotePort) {
        return (spread(remoteHi, remoteLo, remotePort) + localPort) % queues;
    }

    /** The lowest local port, from {@code low} on, whose segments are at home in this queue. */
    public int firstPort(int low, long remoteHi, long remoteLo, int remotePort, int queue) {
        int found = queueOf(remoteHi, remoteLo, low, remotePort);
        return low + (queue - found + queues) % queues;
    }

    /** 16 bits. */
    private int spread(long remoteHi, long remoteLo, int remotePort) {
        long both = remoteHi ^ remoteLo;
        int mixed = ((int) (both >>> 32) ^ (int) both ^ seed) * ADDRESS_FACTOR;
        mixed ^= mixed >>> 16;
        return (mixed + remotePort) * PORT_FACTOR >>> 16;
    }
}
