package io.mptcplb.bench.compare;

import io.mptcplb.bench.lab.KernelProxy;
import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabBox;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.lab.LabProcess;
import io.mptcplb.bench.lab.LeastRights;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import java.io.IOException;
import java.util.Locale;

/** A load balancer that can be measured; each has a thread or worker for every CPU. */
enum Contender {
    /** HAProxy on the kernel's MPTCP, towards clients alone. */
    HAPROXY,
    /** The stream proxy of nginx, likewise. */
    NGINX,
    /** Ours. */
    MPTCPLB;

    static final int THREADS = Runtime.getRuntime().availableProcessors();

    static Contender of(String name) {
        for (Contender contender : values()) {
            if (contender.text().equals(name)) {
                return contender;
            }
        }
        throw new IllegalArgumentException("--boxes: no box " + name);
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All on the same devices. */
    LabOptions options(LabOptions options) {
        return this == MPTCPLB ? options : options.kernelBox().offloads(options.offloads());
    }

    LabProcess start(Lab lab, Setting setting, int threads) throws IOException {
        return switch (this) {
            case HAPROXY -> KernelProxy.HAPROXY.start(lab, threads);
            case NGINX -> KernelProxy.NGINX.start(lab, threads);
            case MPTCPLB -> startOurs(lab, setting, threads).process();
        };
    }

    static LabBox startOurs(Lab lab, Setting setting, int workers) throws IOException {
        LbConfig config = LabBox.withWorkers(LabBox.config(MptcpConfig.defaults()), workers);
        return setting == Setting.LEAST_RIGHTS
                ? LabBox.start(lab, LeastRights.smallQueues(config), LeastRights::asNobody)
                : LabBox.start(lab, config);
    }

    /** The command that says its version. */
    String[] versionCommand() {
        return switch (this) {
            case HAPROXY -> new String[] {"haproxy", "-v"};
            case NGINX -> new String[] {"nginx", "-v"};
            case MPTCPLB -> new String[0];
        };
    }
}
