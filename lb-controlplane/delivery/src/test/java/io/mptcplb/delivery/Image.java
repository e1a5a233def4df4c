package io.mptcplb.delivery;

import io.mptcplb.bench.lab.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An image as {@code k8s/image/assemble} writes it. */
record Image(Path archive, Path contents, String digest) {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    /** DPDK's packages whose drivers a box needs on kernel devices. */
    private static final List<String> DPDK =
            List.of(
                    "librte-eal",
                    "librte-ethdev",
                    "librte-mbuf",
                    "librte-mempool",
                    "librte-mempool-ring",
                    "librte-mempool-stack",
                    "librte-bus-vdev",
                    "librte-bus-pci",
                    "librte-net-af-packet");

    static Image dataplane(Path output) throws IOException {
        List<String> more =
                new ArrayList<>(
                        List.of(
                                "--modules",
                                modules("dataplane"),
                                "--options",
                                inTree("lb-dataplane/app/src/main/scripts/jvm.options"),
                                "--program",
                                "/usr/sbin/nft"));
        for (String name : DPDK) {
            more.add("--package");
            more.add(name + dpdkAbi());
        }
        return assemble("dataplane", "lb-dataplane/app", "io.mptcplb.app.Main", output, more);
    }

    static Image controlPlane(Path output) throws IOException {
        return assemble(
                "controlplane",
                "lb-controlplane/app",
                "io.mptcplb.controlplane.app.Main",
                output,
                List.of(
                        "--modules",
                        modules("controlplane"),
                        "--options",
                        inTree("lb-controlplane/app/src/main/scripts/jvm.options")));
    }

    /** As the front door has it. */
    private static String modules(String name) throws IOException {
        Matcher list =
                Pattern.compile("assemble " + name + " [^\"]*?--modules (\\S+)")
                        .matcher(Repository.read(Repository.ROOT.resolve("lb")));
        if (!list.find()) {
            throw new AssertionError("lb makes no image of " + name);
        }
        return list.group(1);
    }

    private static Image assemble(
            String name, String module, String main, Path output, List<String> more)
            throws IOException {
        Path jar = packaged(module);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                inTree("k8s/image/assemble"),
                                "--name",
                                "mptcplb/" + name,
                                "--tag",
                                "test",
                                "--output",
                                output.toString(),
                                "--java",
                                System.getProperty("java.home"),
                                "--class-path",
                                jar + ":" + Repository.read(jar.resolveSibling("classpath")),
                                "--main",
                                main));
        command.addAll(more);
        Command.run(command);
        return new Image(
                output.resolve(name + ".tar"),
                output.resolve(name + ".contents"),
                Repository.read(output.resolve(name + ".digest")).strip());
    }

    /** The files of the image, as a container's root. */
    void unpack(Path root) throws IOException {
        Files.createDirectories(root);
        String manifest =
                Command.run(
                        List.of(
                                "tar",
                                "--extract",
                                "--to-stdout",
                                "--file",
                                archive.toString(),
                                "./manifest.json"));
        String layer = manifest.replaceFirst("(?s).*\"Layers\":\\[\"([^\"]*)\".*", "./$1");
        Command.run(
                List.of(
                        "bash",
                        "-c",
                        "set -o pipefail; tar --extract --to-stdout --file \"$0\" \"$1\" | tar"
                                + " --extract --gzip --directory \"$2\"",
                        archive.toString(),
                        layer,
                        root.toString()));
    }

    private static String inTree(String path) {
        return Repository.ROOT.resolve(path).toString();
    }

    /** The jar that this build made of a module, beside which its class path is written. */
    private static Path packaged(String module) {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (entry.contains("/" + module + "/target/") && entry.endsWith("-SNAPSHOT.jar")) {
                return Path.of(entry);
            }
        }
        throw new AssertionError(module + " is not packaged: mvn verify does it before this");
    }

    private static String dpdkAbi() throws IOException {
        try (var files = Files.find(LIBRARIES, 2, (file, any) -> isEal(file))) {
            String name = files.findFirst().orElseThrow().getFileName().toString();
            return name.substring(name.lastIndexOf('.') + 1);
        }
    }

    private static boolean isEal(Path file) {
        return file.getFileName().toString().matches("librte_eal\\.so\\.\\d+");
    }
}
