package io.mptcplb.bench.lab;

import io.mptcplb.bench.sys.PacketSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.UnaryOperator;

/**
 * A path that runs through this process: carries frames between two interfaces of the wire, and
 * does to them what bridges cannot. Its random decisions depend on the seed and on the number of
 * the frame only. A thread per direction; all methods may be called at any time.
 */
public final class Relay implements LabPath, AutoCloseable {
    private static final ValueLayout.OfShort BIG_ENDIAN =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int ADDRESSES_BYTES = 12;
    private static final int TAG_BYTES = 4;
    private static final short TAG_PROTOCOL = (short) 0x8100;

    private final LabNamespace wire;
    private final String clientSide;
    private final String boxSide;
    private final PacketSocket near;
    private final PacketSocket far;
    private final RelayDirection up;
    private final RelayDirection down;
    private final Thread upThread;
    private final Thread downThread;

    private Relay(
            LabNamespace wire,
            String clientSide,
            String boxSide,
            PacketSocket near,
            PacketSocket far,
            long seed) {
        this.wire = wire;
        this.clientSide = clientSide;
        this.boxSide = boxSide;
        this.near = near;
        this.far = far;
        up = new RelayDirection(near, far, seed);
        down = new RelayDirection(far, near, ~seed);
        upThread = Thread.ofPlatform().name("relay-up").daemon().unstarted(up);
        downThread = Thread.ofPlatform().name("relay-down").daemon().unstarted(down);
    }

    static Relay start(LabNamespace wire, String clientSide, String boxSide, long seed)
            throws IOException {
        try {
            Relay relay =
                    wire.call(() ->
                            new Relay(
                                    wire,
                                    clientSide,
                                    boxSide,
                                    PacketSocket.open(clientSide),
                                    PacketSocket.open(boxSide),
                                    seed));
            relay.upThread.start();
            relay.downThread.start();
            return relay;
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Changes what happens to the frames of each direction from now on. */
    public void impair(UnaryOperator<Impairment> upChange, UnaryOperator<Impairment> downChange) {
        synchronized (this) {
            up.impairment = upChange.apply(up.impairment);
            down.impairment = downChange.apply(down.impairment);
        }
    }

    /** The same for both directions. */
    public void impair(UnaryOperator<Impairment> change) {
        impair(change, change);
    }

    /** Puts a middlebox into each direction. */
    public void edit(FrameEditor upEditor, FrameEditor downEditor) {
        up.editor = upEditor;
        down.editor = downEditor;
    }

    /**
     * The box's end of the path is on a VLAN, 1 to 4,094, as a trunk of a switch has it: frames to
     * the box get its tag, and frames from the box that do not have it get lost.
     */
    public void vlan(int id) throws IOException {
        far.onlyVlan(id);
        up.editor =
                (frame, bytes, number) -> {
                    MemorySegment.copy(
                            frame,
                            ADDRESSES_BYTES,
                            frame,
                            ADDRESSES_BYTES + TAG_BYTES,
                            bytes - ADDRESSES_BYTES);
                    frame.set(BIG_ENDIAN, ADDRESSES_BYTES, TAG_PROTOCOL);
                    frame.set(BIG_ENDIAN, ADDRESSES_BYTES + 2, (short) id);
                    return bytes + TAG_BYTES;
                };
    }

    public long forwardedFrames(boolean upwards) {
        return direction(upwards).forwardedFrames.get();
    }

    /** Lost by draw, by darkness, by a full queue, by the editor, or refused by the interface. */
    public long droppedFrames(boolean upwards) {
        return direction(upwards).droppedFrames.get();
    }

    public long reorderedFrames(boolean upwards) {
        return direction(upwards).reorderedFrames.get();
    }

    public long duplicatedFrames(boolean upwards) {
        return direction(upwards).duplicatedFrames.get();
    }

    @Override
    public void rateMbit(double mbit) {
        impair(now -> now.rate(mbit));
    }

    @Override
    public void lossPercent(double upPercent, double downPercent) {
        impair(now -> now.loss(upPercent), now -> now.loss(downPercent));
    }

    @Override
    public void blackhole() {
        up.darkFrames.set(0);
        down.darkFrames.set(0);
        impair(now -> now.dark(true));
    }

    @Override
    public long darkFrames(boolean upwards) {
        return direction(upwards).darkFrames.get();
    }

    @Override
    public void carrierDown() throws IOException {
        wire.script(
                "ip link set dev " + clientSide + " down; ip link set dev " + boxSide + " down");
    }

    @Override
    public void heal() throws IOException {
        impair(now -> now.dark(false));
        up.darkFrames.set(0);
        down.darkFrames.set(0);
        wire.script("ip link set dev " + clientSide + " up; ip link set dev " + boxSide + " up");
    }

    @Override
    public void close() {
        up.stopping = true;
        down.stopping = true;
        try {
            upThread.join();
            downThread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        near.close();
        far.close();
    }

    private RelayDirection direction(boolean upwards) {
        return upwards ? up : down;
    }
}
