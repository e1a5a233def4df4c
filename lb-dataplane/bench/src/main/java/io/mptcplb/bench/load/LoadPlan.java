package io.mptcplb.bench.load;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client shall do. Start from one of the static methods, change what differs from the
 * defaults, then hand it to {@link LoadClient#run}; not to be changed after that.
 */
public final class LoadPlan {
    /** What the connections of a run are for. */
    enum Shape {
        BULK,
        REQUEST_RESPONSE,
        CONNECTION_RATE
    }

    final Shape shape;
    final InetSocketAddress remote;
    @Nullable InetSocketAddress local;
    boolean mptcp = true;
    boolean up;
    boolean down;
    long bytes;
    long millis;
    int connections = 1;
    long seed = 1;
    HalfClose halfClose = HalfClose.NONE;
    boolean sha = true;
    int chunkBytes;
    long stallLimitMillis = 30_000;
    long connectLimitMillis = 10_000;
    long pauseAtBytes = -1;
    long pauseMillis;
    int receiveBufferBytes;
    boolean destinationOptions;
    long backendPauseAtBytes = -1;
    long backendPauseMillis;
    long backendResetAtBytes = -1;
    long backendReadBytesPerSecond;
    int requestBytes = 64;
    int responseBytes = 1024;
    double requestsPerSecond;
    BooleanSupplier ended = () -> false;

    private LoadPlan(Shape shape, InetSocketAddress remote) {
        this.shape = shape;
        this.remote = remote;
    }

    /** The backend sends {@code bytes} on every connection. */
    public static LoadPlan download(InetSocketAddress remote, long bytes) {
        return bulk(remote, false, true).bytes(bytes);
    }

    /** The client sends {@code bytes} on every connection. */
    public static LoadPlan upload(InetSocketAddress remote, long bytes) {
        return bulk(remote, true, false).bytes(bytes);
    }

    /** Both send {@code bytes} on every connection at once. */
    public static LoadPlan duplex(InetSocketAddress remote, long bytes) {
        return bulk(remote, true, true).bytes(bytes);
    }

    /** Requests and responses on {@code connections(N)} for a time; see {@link #exchange}. */
    public static LoadPlan requestResponse(InetSocketAddress remote, Duration time) {
        return new LoadPlan(Shape.REQUEST_RESPONSE, remote).time(time);
    }

    /** One request and response per connection, {@code connections(N)} at once, for a time. */
    public static LoadPlan connectionRate(InetSocketAddress remote, Duration time) {
        return new LoadPlan(Shape.CONNECTION_RATE, remote).time(time);
    }

    private static LoadPlan bulk(InetSocketAddress remote, boolean up, boolean down) {
        LoadPlan plan = new LoadPlan(Shape.BULK, remote);
        plan.up = up;
        plan.down = down;
        return plan;
    }

    /** Payload per direction; ends a time set before. */
    public LoadPlan bytes(long value) {
        bytes = value;
        millis = 0;
        return this;
    }

    /** For so long instead of for a number of bytes. */
    public LoadPlan time(Duration value) {
        millis = value.toMillis();
        bytes = 0;
        return this;
    }

    /** Plain TCP sockets; the default is MPTCP. */
    public LoadPlan plainTcp() {
        mptcp = false;
        return this;
    }

    public LoadPlan from(InetSocketAddress value) {
        local = value;
        return this;
    }

    public LoadPlan connections(int value) {
        connections = value;
        return this;
    }

    public LoadPlan seed(long value) {
        seed = value;
        return this;
    }

    public LoadPlan halfClose(HalfClose value) {
        halfClose = value;
        return this;
    }

    /** Leaves SHA-256 out; every byte is still compared. */
    public LoadPlan withoutSha() {
        sha = false;
        return this;
    }

    /** At most so much per send call, of both ends; segments go out at once (TCP_NODELAY). */
    public LoadPlan chunkBytes(int value) {
        chunkBytes = value;
        return this;
    }

    /** A connection on which nothing moves for so long has failed. */
    public LoadPlan stallLimit(Duration value) {
        stallLimitMillis = value.toMillis();
        return this;
    }

    public LoadPlan connectLimit(Duration value) {
        connectLimitMillis = value.toMillis();
        return this;
    }

    /** The client stops reading when it has read so much. */
    public LoadPlan clientPauses(long atBytes, Duration time) {
        pauseAtBytes = atBytes;
        pauseMillis = time.toMillis();
        return this;
    }

    /** Fixes the client's receive buffer; 0 leaves it to the kernel. */
    public LoadPlan receiveBufferBytes(int value) {
        receiveBufferBytes = value;
        return this;
    }

    /** An IPv6 client puts an extension header into all that it sends, once connected. */
    public LoadPlan destinationOptions() {
        destinationOptions = true;
        return this;
    }

    /** The backend stops reading when it has read so much. */
    public LoadPlan backendPauses(long atBytes, Duration time) {
        backendPauseAtBytes = atBytes;
        backendPauseMillis = time.toMillis();
        return this;
    }

    /** The backend resets the connection when so much has moved, both directions together. */
    public LoadPlan backendResets(long atBytes) {
        backendResetAtBytes = atBytes;
        return this;
    }

    public LoadPlan backendReads(long bytesPerSecond) {
        backendReadBytesPerSecond = bytesPerSecond;
        return this;
    }

    /** Sizes of request and response, at most 65,536 bytes each. */
    public LoadPlan exchange(int newRequestBytes, int newResponseBytes) {
        requestBytes = newRequestBytes;
        responseBytes = newResponseBytes;
        return this;
    }

    /** Requests on a schedule (latency counts from it) over all connections; 0 is back to back. */
    public LoadPlan requestsPerSecond(double value) {
        requestsPerSecond = value;
        return this;
    }

    /** Exchanges end, or connections are no longer opened, before their time once this is so. */
    public LoadPlan until(BooleanSupplier value) {
        ended = value;
        return this;
    }

    Request request(long id) {
        return new Request(
                shape == Shape.BULK ? Request.Kind.BULK : Request.Kind.EXCHANGE,
                halfClose,
                id,
                Pattern.mix(seed) ^ id,
                up,
                down,
                bytes,
                millis,
                sha,
                backendPauseAtBytes,
                backendPauseMillis,
                backendResetAtBytes,
                backendReadBytesPerSecond,
                chunkBytes,
                requestBytes,
                responseBytes);
    }
}
