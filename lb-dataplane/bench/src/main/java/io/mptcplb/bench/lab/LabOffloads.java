package io.mptcplb.bench.lab;

/** What the lab's devices leave unfinished in the frames that they pass on. */
public enum LabOffloads {
    /** Nothing: every frame is MTU-sized and summed, as on a wire. */
    OFF("tso off gso off gro off tx off rx off sg off"),
    /** All that a virtual device does when it is made: super-frames, checksums for later. */
    ON("sg on tx on rx on tso on gso on"),
    /** Frames fit the MTU, their checksums are for later. */
    NO_SEGMENTATION("sg on tx on rx on tso off gso off"),
    /** Checksums are finished by whoever sends, and verified by whoever receives. */
    NO_CHECKSUM("gso on tx off rx off");

    private final String features;

    LabOffloads(String features) {
        this.features = features;
    }

    /** Shell command that makes a device so, whatever it was before but {@link #OFF}. */
    String command(String device) {
        return "ethtool -K " + device + " " + features + " >/dev/null\n";
    }
}
