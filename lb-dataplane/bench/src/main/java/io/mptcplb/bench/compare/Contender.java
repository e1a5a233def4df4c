package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.HaproxyBox;
import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.contract.MptcpConfig;
import java.io.IOException;
import java.util.Locale;

/** A load balancer that can be measured. */
enum Contender {
    /** Ours. */
    MPTCPLB,
    /** HAProxy, two threads, every socket of it MPTCP by mptcpize. */
    HAPROXY;

    static Contender of(String name) {
        for (Contender contender : values()) {
            if (contender.text().equals(name)) {
                return contender;
            }
        }
        throw new IllegalArgumentException("no box " + name);
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Both on the same devices. */
    LabOptions options(LabOptions options) {
        return this == HAPROXY ? options.kernelBox().offloads(options.offloads()) : options;
    }

    LabProcess start(Lab lab) throws IOException {
        return switch (this) {
            case MPTCPLB -> LabBox.start(lab, LabBox.config(MptcpConfig.defaults())).process();
            case HAPROXY -> HaproxyBox.start(lab);
        };
    }
}
