package io.mptcplb.dpdk;

import java.util.List;

/**
 * What a user without some right sees: opens one port in a process of its own, exits with the
 * error's code.
 */
final class OpenPortMain {
    private OpenPortMain() {}

    /**
     * Arguments: {@code af_packet} or {@code af_xdp} and an interface, or a virtual device and
     * anything; then extra arguments for DPDK.
     */
    public static void main(String[] arguments) {
        int code = 0;
        try {
            PortDevice device =
                    switch (arguments[0]) {
                        case "af_xdp" -> new PortDevice.AfXdp(arguments[1], 0);
                        case "af_packet" -> new PortDevice.AfPacket(arguments[1]);
                        default -> new PortDevice.Virtual(arguments[0], "");
                    };
            List<String> extra = List.of(arguments).subList(2, arguments.length);
            Eal eal =
                    Eal.start(
                            EalOptions.ofMegabytes(32)
                                    .withMemoryMode(MemoryMode.ORDINARY)
                                    .withExtraArguments(extra));
            DpdkBufferPool pool = DpdkBufferPool.createForXdp("p", 4095, 2176);
            try (EthPort port = EthPort.open(PortOptions.of(device), pool)) {
                System.out.println("open: " + port.describe());
            }
            pool.close();
            eal.close();
        } catch (DpdkException refused) {
            System.out.println(refused.getMessage());
            code = refused.error().code();
        }
        System.exit(code);
    }

    /** The command line that runs this class as this test runs, behind {@code wrapper}. */
    static List<String> command(List<String> wrapper, String... arguments) {
        java.util.ArrayList<String> line = new java.util.ArrayList<>(wrapper);
        line.add(System.getProperty("java.home") + "/bin/java");
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("-Dmptcplb.checked=true");
        line.add("-Xmx64m");
        line.add("-cp");
        line.add(System.getProperty("java.class.path"));
        line.add(OpenPortMain.class.getName());
        line.addAll(List.of(arguments));
        return line;
    }
}
