package io.mptcplb.app.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The repository is tidy, and the check sees what it should. */
class TidyTest {
    private static final Path REPOSITORY = Path.of("../..").toAbsolutePath().normalize();

    @Test
    void repository_read_hasNoFinding() throws IOException {
        assertTrue(Files.exists(REPOSITORY.resolve("lb")), "the root is elsewhere");

        assertEquals("", String.join("\n", Tidy.findings(REPOSITORY)));
    }

    @ParameterizedTest
    @EnumSource
    void plantedLine_read_isFound(TidyRule rule, @TempDir Path root) throws IOException {
        write(root, rule.plantedPath, "\n" + rule.plantedLine + "\n");

        List<String> findings = findings(root);

        assertEquals(List.of(rule.plantedPath + ":2 " + rule + ": " + rule.instead), findings);
    }

    @ParameterizedTest
    @EnumSource
    void goodLine_read_isLeftAlone(TidyRule rule, @TempDir Path root) throws IOException {
        write(root, rule.plantedPath, rule.goodLine + "\n");

        assertEquals(List.of(), findings(root));
    }

    @Test
    void packageWithoutMark_read_isFound(@TempDir Path root) throws IOException {
        write(root, "wire/src/main/java/a/A.java", "final class A {}\n");
        write(root, "wire/src/main/java/a/package-info.java", "package a;\n");
        write(root, "wire/src/main/java/b/B.java", "final class B {}\n");
        write(root, "wire/src/main/java/b/package-info.java", "@NullMarked\npackage b;\n");

        List<String> findings = Tidy.findings(root);

        assertEquals(1, findings.size(), findings::toString);
        assertTrue(findings.getFirst().startsWith("wire/src/main/java/a UNMARKED_PACKAGE"));
    }

    @Test
    void linkToNowhere_read_isFound(@TempDir Path root) throws IOException {
        write(root, "lb-dataplane/ARCHITECTURE.md", "[up](../README.md) [gone](adr/0001.md#why)\n");
        write(
                root,
                "README.md",
                "[in](lb-dataplane/ARCHITECTURE.md#house) [out](https://x.example)\n");

        assertEquals(
                List.of("lb-dataplane/ARCHITECTURE.md:1 DEAD_LINK: there is no adr/0001.md"),
                Tidy.findings(root));
    }

    @Test
    void builtFiles_read_areNotOurs(@TempDir Path root) throws IOException {
        write(root, "wire/target/classes/A.java", TidyRule.LEFTOVER.plantedLine);

        assertEquals(List.of(), Tidy.findings(root));
    }

    /** Without what concerns packages: the planted sources are single lines. */
    private static List<String> findings(Path root) throws IOException {
        return Tidy.findings(root).stream()
                .filter(finding -> !finding.contains("UNMARKED_PACKAGE"))
                .toList();
    }

    private static void write(Path root, String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
