package io.mptcplb.bench.lab;

/** What the lab's devices leave unfinished in the frames that they pass on. */
public enum LabOffloads {
    /** Nothing: every frame is MTU-sized and summed, as on a wire. */
    OFF("tso off gso off gro off tx off rx off sg off"),
    /** All that a virtual device does when it is made: super-frames, checksums for later. */
    ON(""),
    /** Frames fit the MTU, their checksums are for later. */
    NO_SEGMENTATION("tso off gso off"),
    /** Checksums are finished by whoever sends, and verified by whoever receives. */
    NO_CHECKSUM("tx off rx off");

    private final String features;

    LabOffloads(String features) {
        this.features = features;
    }

    /** Shell command that makes a device so. */
    String command(String device) {
        return features.isEmpty() ? "" : "ethtool -K " + device + " " + features + " >/dev/null\n";
    }
}
