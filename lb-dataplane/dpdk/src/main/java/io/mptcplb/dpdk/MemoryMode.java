package io.mptcplb.dpdk;

/** Which memory DPDK's buffers live in. */
public enum MemoryMode {
    /** Hugepages when enough are free and allowed, ordinary memory otherwise. */
    AUTO,
    /** Hugepages without files ({@code --in-memory}); refused when too few are free. */
    HUGEPAGES,
    /**
     * Ordinary pages ({@code --no-huge}): needs no preparation and no privilege; no physical NIC
     * without an IOMMU.
     */
    ORDINARY
}
