package io.mptcplb.stack.tcp;

/** One listening address and port, and how its clients are answered. */
public final class Listener {
    private final long addressHi;
    private final long addressLo;
    private final int port;
    private final ExtensionFactory factory;
    private final Acceptor acceptor;
    private boolean open = true;

    /**
     * @param factory makes what stands above a new endpoint, from the SYN's options
     */
    public Listener(
            long addressHi, long addressLo, int port, ExtensionFactory factory, Acceptor acceptor) {
        this.addressHi = addressHi;
        this.addressLo = addressLo;
        this.port = port;
        this.factory = factory;
        this.acceptor = acceptor;
    }

    public long addressHi() {
        return addressHi;
    }

    public long addressLo() {
        return addressLo;
    }

    public int port() {
        return port;
    }

    public ExtensionFactory factory() {
        return factory;
    }

    public Acceptor acceptor() {
        return acceptor;
    }

    /** False once the listener takes no new clients. */
    public boolean open() {
        return open;
    }

    /** Whether new clients are taken; those that are here stay. */
    public void open(boolean now) {
        open = now;
    }
}
