package io.mptcplb.app.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code ./lb} comes to a JDK, on a system that has no package manager and, mostly, no JDK. */
class FrontDoorTest {
    /** All that lb may need on the way to a JDK; apt-get is left out on purpose. */
    private static final List<String> TOOLS =
            List.of(
                    "bash",
                    "cat",
                    "cut",
                    "curl",
                    "dirname",
                    "env",
                    "grep",
                    "gzip",
                    "head",
                    "mkdir",
                    "mv",
                    "readlink",
                    "rm",
                    "sed",
                    "sha256sum",
                    "sort",
                    "tar",
                    "uname");

    @TempDir private Path root;
    private final Map<String, String> environment = new HashMap<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private HttpServer server;
    private byte[] archive;

    @BeforeEach
    void copyFrontDoor() throws Exception {
        Files.copy(Path.of("../../lb"), root.resolve("lb"), StandardCopyOption.COPY_ATTRIBUTES);
        Path tools = Files.createDirectory(root.resolve("tools"));
        for (String tool : TOOLS) {
            Script.writeExecutable(
                    tools.resolve(tool), "#!/bin/sh\nexec " + where(tool) + " \"$@\"\n");
        }
        jdk("archived/jdk", "25.0.3", true);
        archive = archive();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/jdk/",
                exchange -> {
                    fetches.incrementAndGet();
                    exchange.sendResponseHeaders(200, archive.length);
                    exchange.getResponseBody().write(archive);
                    exchange.close();
                });
        server.start();
        environment.put("PATH", tools.toString());
        environment.put("MPTCP_LB_JVM_DIRECTORY", root.resolve("jvm").toString());
        environment.put(
                "MPTCP_LB_JDK_URL", "http://127.0.0.1:" + server.getAddress().getPort() + "/jdk");
        environment.put("MPTCP_LB_JDK_SHA256", sha256(archive));
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void ownVariable_namesJdk_winsOverAllElse() throws Exception {
        environment.put("MPTCP_LB_JAVA_HOME", jdk("mine", "26", true));
        environment.put("JAVA_HOME", jdk("home", "25.0.1", true));

        assertEquals(root.resolve("mine"), foundJdk());
    }

    @Test
    void ownVariable_namesNoJdk_refusesWithoutLookingFurther() throws Exception {
        environment.put("MPTCP_LB_JAVA_HOME", jdk("mine", "26", false));
        environment.put("JAVA_HOME", jdk("home", "25.0.1", true));

        Script.Ended ended = lbJdk();

        assertEquals(1, ended.status());
        assertTrue(ended.output().contains("is no JDK >= 25"), ended.output());
    }

    @Test
    void javaHome_tooOld_isPassedOver() throws Exception {
        environment.put("JAVA_HOME", jdk("home", "17.0.15", true));
        jdk("jvm/b-21", "21.0.2", true);
        jdk("jvm/c-27", "27", true);
        jdk("jvm/d-25", "25.0.3", true);
        jdk("jvm/a-25-runtime-only", "25.0.3", false);

        assertEquals(root.resolve("jvm/d-25"), foundJdk());
    }

    @Test
    void noJdk_archiveWithPinnedSum_isUnpackedOnceAndUsed() throws Exception {
        Path first = foundJdk();
        Path second = foundJdk();

        assertTrue(Files.isExecutable(first.resolve("bin/javac")));
        assertEquals(first, second);
        assertEquals(1, fetches.get());
    }

    @Test
    void noJdk_archiveWithOtherSum_isDeletedAndRefused() throws Exception {
        environment.put("MPTCP_LB_JDK_SHA256", "0".repeat(64));

        Script.Ended ended = lbJdk();

        assertEquals(1, ended.status());
        assertTrue(ended.output().contains("not the pinned one"), ended.output());
        assertTrue(ended.output().contains(sha256(archive)), ended.output());
        assertNothingKept();
    }

    @Test
    void noJdk_ownSumAbsent_theBuiltInSumIsAskedFor() throws Exception {
        environment.remove("MPTCP_LB_JDK_SHA256");

        Script.Ended ended = lbJdk();

        assertEquals(1, ended.status());
        assertTrue(ended.output().contains("not the pinned one"), ended.output());
        assertNothingKept();
    }

    @Test
    void noJdk_archiveNotThere_saysWhatToSet() throws Exception {
        environment.computeIfPresent("MPTCP_LB_JDK_URL", (name, url) -> url + "-elsewhere");

        Script.Ended ended = lbJdk();

        assertEquals(1, ended.status());
        assertTrue(ended.output().contains("MPTCP_LB_JAVA_HOME"), ended.output());
        assertNothingKept();
    }

    @Test
    void command_unknown_isRefusedWithUsage() throws Exception {
        Script.Ended ended = Script.run(root, environment, List.of("./lb", "balance"));

        assertEquals(1, ended.status());
        assertTrue(ended.output().contains("unknown command: balance"), ended.output());
    }

    private Path foundJdk() throws Exception {
        Script.Ended ended = lbJdk();
        assertEquals(0, ended.status(), ended.output());
        return Path.of(ended.output().strip().lines().reduce((before, last) -> last).orElseThrow());
    }

    private Script.Ended lbJdk() throws Exception {
        return Script.run(root, environment, List.of("./lb", "jdk"));
    }

    private void assertNothingKept() throws IOException {
        try (var left = Files.list(root.resolve(".build"))) {
            assertFalse(left.anyMatch(file -> file.getFileName().toString().contains("jdk-")));
        }
    }

    /** A directory that looks like a Java home; without javac it is a runtime only. */
    private String jdk(String name, String version, boolean javac) throws IOException {
        Path home = root.resolve(name);
        Script.writeExecutable(home.resolve("bin/java"), "#!/bin/sh\n");
        if (javac) {
            Script.writeExecutable(home.resolve("bin/javac"), "#!/bin/sh\n");
        }
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return home.toString();
    }

    private byte[] archive() throws Exception {
        Script.Ended packed =
                Script.run(
                        root.resolve("archived"),
                        Map.of(),
                        List.of("tar", "--create", "--gzip", "--file", "jdk.tar.gz", "jdk"));
        assertEquals(0, packed.status(), packed.output());
        return Files.readAllBytes(root.resolve("archived/jdk.tar.gz"));
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static Path where(String tool) {
        for (String directory : List.of("/usr/bin", "/bin")) {
            Path path = Path.of(directory, tool);
            if (Files.isExecutable(path)) {
                return path;
            }
        }
        throw new AssertionError("this test needs " + tool);
    }
}
