package io.mptcplb.app;

import io.mptcplb.bench.lab.BoxProcess;
import io.mptcplb.bench.lab.Lab;
import io.mptcplb.bench.lab.LabAddresses;
import io.mptcplb.bench.lab.LabOptions;
import io.mptcplb.bench.load.LoadClient;
import io.mptcplb.bench.load.LoadPlan;
import io.mptcplb.bench.load.LoadReport;
import io.mptcplb.bench.load.LoadServer;
import io.mptcplb.bench.sys.StreamSocket;
import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.MptcpConfig;
import io.mptcplb.contract.TimeoutConfig;
import java.util.List;

/** A laboratory with our box in its middle and the load tool's server behind it. */
final class BoxLab implements AutoCloseable {
    private static final List<String> CHECKED = List.of("-ea", "-Dmptcplb.checked=true");

    private static final long CONNECT_MILLIS = 10_000;

    final Lab lab;
    final LoadServer server;
    final BoxProcess box;
    final BoxFigures figures;

    private BoxLab(LabOptions options, LbConfig config, LoadServer.OnAccept onAccept)
            throws Exception {
        lab = Lab.build(options);
        try {
            server =
                    lab.closing(
                            lab.backend()
                                    .call(() ->
                                            LoadServer.start(
                                                    LabAddresses.backend(),
                                                    false,
                                                    onAccept,
                                                    line -> {})));
            box = BoxProcess.start(lab, config, System.getProperty("java.class.path"), CHECKED);
            figures = new BoxFigures(box);
        } catch (Exception e) {
            lab.close();
            throw e;
        }
    }

    static BoxLab open(LabOptions options) throws Exception {
        return open(options, plainConfig(TimeoutConfig.defaults()), LoadServer.OnAccept.SERVE);
    }

    static BoxLab open(LabOptions options, LbConfig config, LoadServer.OnAccept onAccept)
            throws Exception {
        return new BoxLab(options, config, onAccept);
    }

    static LbConfig plainConfig(TimeoutConfig timeouts) {
        return BoxProcess.labConfig(timeouts, MptcpConfig.defaults());
    }

    LoadReport run(LoadPlan plan) throws Exception {
        return lab.client().call(() -> LoadClient.run(plan));
    }

    /** A plain connection from the client, closed with the lab. */
    StreamSocket connect() throws Exception {
        return lab.closing(
                lab.client()
                        .call(() ->
                                StreamSocket.connect(
                                        false, null, LabAddresses.service(), CONNECT_MILLIS)));
    }

    @Override
    public void close() {
        figures.close();
        lab.close();
    }
}
