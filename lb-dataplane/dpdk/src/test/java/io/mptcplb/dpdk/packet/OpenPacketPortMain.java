package io.mptcplb.dpdk.packet;

import io.mptcplb.dpdk.DpdkException;
import io.mptcplb.frame.ArenaBufferPool;
import io.mptcplb.frame.Mbuf;
import java.util.ArrayList;
import java.util.List;

/** What a user without some right sees: opens a packet port in a process of its own. */
final class OpenPacketPortMain {
    private OpenPacketPortMain() {}

    public static void main(String[] arguments) {
        int code = 0;
        ArenaBufferPool pool = new ArenaBufferPool(1023, Mbuf.DEFAULT_ROOM_BYTES);
        try (PacketPort port = PacketPort.open(PacketOptions.of(arguments[0]), pool)) {
            System.out.println("open: " + port.describe());
        } catch (DpdkException refused) {
            System.out.println(refused.getMessage());
            code = refused.error().code();
        }
        System.exit(code);
    }

    /** The command line that runs this class as this test runs, behind {@code wrapper}. */
    static List<String> command(List<String> wrapper, String interfaceName) {
        List<String> line = new ArrayList<>(wrapper);
        line.add(System.getProperty("java.home") + "/bin/java");
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("-Dmptcplb.checked=true");
        line.add("-Xmx64m");
        line.add("-cp");
        line.add(System.getProperty("java.class.path"));
        line.add(OpenPacketPortMain.class.getName());
        line.add(interfaceName);
        return line;
    }
}
