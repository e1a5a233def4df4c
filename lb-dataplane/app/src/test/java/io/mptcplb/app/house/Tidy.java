package io.mptcplb.app.house;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads every text file under a root and says what breaks a {@link TidyRule}, and where. */
final class Tidy {
    private static final Set<String> NOT_OURS =
            Set.of("target", ".git", ".build", ".idea", ".vscode");
    private static final Pattern TEXT =
            Pattern.compile(
                    "\\.(java|md|xml|sh|ya?ml|trace|txt|properties|config)$|(^|/)[A-Za-z-]+$");
    private static final Pattern MAIN_PACKAGE =
            Pattern.compile("^(.*/src/main/java/.*)/[^/]+\\.java$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");

    /** These hold the patterns and the planted lines themselves. */
    private static final String OWN_FILES = "src/test/java/io/mptcplb/app/house/";

    private final Path root;
    private final List<String> findings = new ArrayList<>();
    private final TreeMap<String, Set<String>> mainPackages = new TreeMap<>();

    private Tidy(Path root) {
        this.root = root;
    }

    /** One line per finding: {@code path:line RULE: what to do instead}. */
    static List<String> findings(Path root) throws IOException {
        Tidy tidy = new Tidy(root);
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        return NOT_OURS.contains(directory.getFileName().toString())
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        tidy.read(file);
                        return FileVisitResult.CONTINUE;
                    }
                });
        tidy.checkPackages();
        return tidy.findings;
    }

    private void read(Path file) throws IOException {
        String path = root.relativize(file).toString();
        if (path.contains(OWN_FILES) || !TEXT.matcher(path).find()) {
            return;
        }
        String text = Files.readString(file, StandardCharsets.UTF_8);
        notePackage(path, text);
        List<TidyRule> rules = new ArrayList<>();
        for (TidyRule rule : TidyRule.values()) {
            if (rule.appliesTo(path)) {
                rules.add(rule);
            }
        }
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            for (TidyRule rule : rules) {
                if (rule.findsIn().test(line)) {
                    find(path + ":" + number, rule.name(), rule.instead);
                }
            }
            if (path.endsWith(".md")) {
                checkLinks(file, path + ":" + number, line);
            }
        }
    }

    private void find(String where, String rule, String instead) {
        findings.add(where + " " + rule + ": " + instead);
    }

    private void notePackage(String path, String text) {
        Matcher source = MAIN_PACKAGE.matcher(path);
        if (source.matches()) {
            Set<String> marks =
                    mainPackages.computeIfAbsent(source.group(1), any -> new TreeSet<>());
            if (path.endsWith("/package-info.java") && text.contains("@NullMarked")) {
                marks.add("null-marked");
            }
        }
    }

    /** NullAway looks at marked packages only, so an unmarked one would be unchecked. */
    private void checkPackages() {
        mainPackages.forEach((directory, marks) -> {
            if (marks.isEmpty()) {
                find(
                        directory,
                        "UNMARKED_PACKAGE",
                        "a package-info.java with purpose, owner thread and @NullMarked");
            }
        });
    }

    private void checkLinks(Path file, String where, String line) {
        Matcher link = LINK.matcher(line);
        while (link.find()) {
            String target = link.group(1);
            if (!target.contains(":") && !Files.exists(file.resolveSibling(target))) {
                find(where, "DEAD_LINK", "there is no " + target);
            }
        }
    }
}
