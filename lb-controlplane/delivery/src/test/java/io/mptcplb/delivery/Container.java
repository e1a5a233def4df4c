package io.mptcplb.delivery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A bundle for runc with the rights that the chart gives its pods: no capability but those named, a
 * read-only root, no way to more privileges, uid 0 of nothing.
 *
 * @param id the container's name
 * @param bundle where its root and its configuration are
 */
record Container(String id, Path bundle) {
    /**
     * @param image unpacked as its root
     * @param state writable, seen at the same path; the bundle lies there
     * @param network a network namespace's file
     */
    static Container of(
            Image image,
            Path state,
            Path network,
            List<String> capabilities,
            String environment,
            List<String> words)
            throws IOException {
        Path bundle = Files.createTempDirectory(state, "container-");
        image.unpack(bundle.resolve("rootfs"));
        Container container = new Container("mptcplb-" + bundle.getFileName(), bundle);
        container.write(state, network, capabilities, environment, words);
        return container;
    }

    /**
     * The command that runs it and ends with its status; from inside of a laboratory's namespace,
     * too, where the control groups that runc wants are out of sight.
     */
    List<String> command() {
        return List.of(
                "nsenter",
                "--mount=/proc/" + ProcessHandle.current().pid() + "/ns/mnt",
                "runc",
                "run",
                "--bundle",
                bundle.toString(),
                id);
    }

    private void write(
            Path state,
            Path network,
            List<String> capabilities,
            String environment,
            List<String> words)
            throws IOException {
        String rights = quoted(capabilities);
        String arguments = words.isEmpty() ? "" : ", " + quoted(words);
        Files.writeString(
                bundle.resolve("config.json"),
                """
                {"ociVersion": "1.0.2",
                 "process": {
                   "user": {"uid": 0, "gid": 0}, "cwd": "/", "noNewPrivileges": true,
                   "args": ["/opt/java/bin/java", "@/opt/mptcp-lb/java.options"%1$s],
                   "env": ["PATH=/opt/java/bin:/usr/sbin:/usr/bin", "JDK_JAVA_OPTIONS=%2$s"],
                   "capabilities": {"bounding": [%3$s], "effective": [%3$s], "permitted": [%3$s]}},
                 "root": {"path": "rootfs", "readonly": true},
                 "mounts": [
                   {"destination": "/proc", "type": "proc", "source": "proc"},
                   {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
                    "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
                   {"destination": "/sys", "type": "sysfs", "source": "sysfs",
                    "options": ["nosuid", "noexec", "nodev", "ro"]},
                   {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs"},
                   {"destination": "%4$s", "type": "bind", "source": "%4$s",
                    "options": ["rbind", "rw"]}],
                 "linux": {"namespaces": [
                   {"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "uts"},
                   {"type": "network", "path": "%5$s"}]}}
                """
                        .formatted(arguments, environment, rights, state, network));
    }

    private static String quoted(List<String> words) {
        return words.stream().map(word -> '"' + word + '"').collect(Collectors.joining(", "));
    }
}
