package io.mptcplb.policy;

import io.mptcplb.contract.PortDriver;
import io.mptcplb.policy.LbResources.Buffers;
import io.mptcplb.policy.LbResources.Port;

/**
 * Numbers that must fit into each other: workers and cores, rings and pools, frames and buffers.
 */
final class CapacityRules {
    /** Bytes of an mbuf and its private area: what a buffer costs beyond its room. */
    static final int BUFFER_OVERHEAD_BYTES = 256;

    /** Ethernet header, one VLAN tag, and the headroom in front of the frame. */
    static final int FRAME_OVERHEAD_BYTES = 18 + 128;

    /** Four bursts of 32. */
    private static final int BURSTS_RESERVE = 4 * 32;

    private final LbResources resources;
    private final Problems problems;

    CapacityRules(LbResources resources, Problems problems) {
        this.resources = resources;
        this.problems = problems;
    }

    void check() {
        checkCores();
        if (Views.portsAreSound(resources)) {
            Views.ports(resources).forEach(this::checkQueues);
        }
        boolean buffersAreSound =
                resources.problems().stream()
                        .noneMatch(problem -> problem.path().startsWith("buffers"));
        if (buffersAreSound && Views.portsAreSound(resources)) {
            checkPool();
            Views.ports(resources).forEach(this::checkRoom);
        }
    }

    private void checkCores() {
        LbResources.Workers workers = resources.workers();
        Unique<Integer> unique = new Unique<>("core", problems);
        Views.list(workers.cores()).forEach(core -> unique.claim(core.get(), core));
        int cores = Views.list(workers.cores()).size();
        workers.count()
                .ifPresent(count -> {
                    if (cores != 0
                            && cores != count
                            && !problems.isAnyBelow(workers.cores().path())) {
                        problems.add(
                                workers.cores(),
                                cores + " cores for " + count + " workers: one for each, or none");
                    }
                });
    }

    /** Each worker has a queue of every port. */
    private void checkQueues(Port port) {
        PortDriver driver = port.driver().get();
        resources
                .workers()
                .count()
                .ifPresent(count -> {
                    if (count > 1 && driver != PortDriver.PACKET) {
                        problems.add(
                                port.driver(),
                                driver.text()
                                        + " has one queue so far, and workers.count is "
                                        + count
                                        + ": take driver packet, or one worker");
                    }
                });
    }

    private void checkPool() {
        Buffers buffers = resources.buffers();
        long trueBytes = buffers.roomBytes().get() + BUFFER_OVERHEAD_BYTES;
        long reserved =
                Views.ports(resources).stream().mapToLong(port -> reserve(buffers, port)).sum();
        long free = Math.max(0, buffers.count().get() - reserved);
        long sessionBuffers = (buffers.sessionBudgetBytes().get() + trueBytes - 1) / trueBytes;
        if (free < sessionBuffers) {
            problems.add(
                    buffers.count(),
                    buffers.count().get()
                            + " buffers are too few: the ports' receive reserve takes "
                            + reserved
                            + ", one session's budget "
                            + sessionBuffers);
        }
        long workerBudget = buffers.workerBudgetBytes().get();
        if (workerBudget != 0 && workerBudget < buffers.sessionBudgetBytes().get()) {
            problems.add(
                    buffers.workerBudgetBytes(),
                    "less than one session's budget, "
                            + Parsers.formatBytes(buffers.sessionBudgetBytes().get()));
        } else if (workerBudget > free * trueBytes) {
            problems.add(
                    buffers.workerBudgetBytes(),
                    Parsers.formatBytes(workerBudget)
                            + " is more than the "
                            + free
                            + " buffers that the receive reserve leaves, "
                            + Parsers.formatBytes(free * trueBytes));
        }
        if (buffers.receiveReserve().get() > buffers.count().get() / 2) {
            problems.add(
                    buffers.receiveReserve(),
                    "more than half of buffers.count, " + buffers.count().get());
        }
    }

    private static long reserve(Buffers buffers, Port port) {
        int explicit = buffers.receiveReserve().get();
        return explicit != 0 ? explicit : port.queueFrames().get() + BURSTS_RESERVE;
    }

    private void checkRoom(Port port) {
        PortDriver driver = port.driver().get();
        int mtuBytes = port.mtuBytes().get();
        long roomBytes = resources.buffers().roomBytes().get();
        // The kernel drivers of DPDK deliver a frame in one buffer only.
        if (driver.needsWholeFrameInBuffer() && mtuBytes + FRAME_OVERHEAD_BYTES > roomBytes) {
            problems.add(
                    port.mtuBytes(),
                    "frames of "
                            + mtuBytes
                            + " bytes do not fit buffers.room, "
                            + roomBytes
                            + "B: at least "
                            + (mtuBytes + FRAME_OVERHEAD_BYTES)
                            + "B");
        }
    }
}
