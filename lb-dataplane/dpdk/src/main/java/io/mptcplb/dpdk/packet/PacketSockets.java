package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.dpdk.KernelInterface;
import io.mptcplb.frame.Steering;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets of one interface, one for each queue; together they see every frame once. Owner: as
 * of {@link PacketSocket}.
 */
final class PacketSockets implements AutoCloseable {
    private final List<PacketSocket> sockets = new ArrayList<>();
    private final Steering steering;

    /** All see the same interface, and each its share. */
    private boolean attached;

    private PacketSockets(Steering steering) {
        this.steering = steering;
    }

    /** Opens one for each queue in the interface's network namespace, or none. */
    static PacketSockets open(KernelInterface kernel, int wantedBytes, Steering steering) {
        PacketSockets opened = new PacketSockets(steering);
        try {
            for (int queue = 0; queue < steering.queues(); queue++) {
                opened.sockets.add(PacketSocket.open(kernel, wantedBytes));
            }
            opened.share();
        } catch (RuntimeException failure) {
            opened.close();
            throw failure;
        }
        return opened;
    }

    /** In the order of queues: the kernel counts members as they come. */
    private void share() {
        attached = true;
        if (sockets.size() == 1) {
            return;
        }
        attached = false;
        int group = sockets.getFirst().makeGroup(FanoutProgram.of(steering));
        for (PacketSocket other : sockets.subList(1, sockets.size())) {
            other.joinGroup(group);
        }
        attached = true;
    }

    PacketSocket ofQueue(int queue) {
        return sockets.get(queue);
    }

    /** The number of the interface that they see, or -1 since that has gone. */
    int attachedTo() {
        return attached ? sockets.getFirst().attachedTo() : -1;
    }

    /** See this interface from now on, after another has gone; false when it has gone, too. */
    boolean attach(int interfaceIndex) {
        if (sockets.size() == 1) {
            return sockets.getFirst().attach(interfaceIndex);
        }
        attached = false;
        try {
            for (PacketSocket each : sockets) {
                if (!each.replace(interfaceIndex)) {
                    return false;
                }
            }
            share();
            return true;
        } catch (DpdkException gone) {
            return false; // it is looked at again soon
        }
    }

    @Override
    public void close() {
        sockets.forEach(PacketSocket::close);
    }
}
