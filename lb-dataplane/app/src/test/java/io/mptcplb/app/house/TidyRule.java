package io.mptcplb.app.house;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What no line of the repository may hold. Each rule says what to write instead, and carries a line
 * that it must find and one that it must leave alone.
 */
enum TidyRule {
    LEFTOVER(
            ".",
            "\\b(TODO|FIXME|XXX|HACK)\\b",
            "finish it, or file an issue",
            "wire/src/main/java/A.java",
            "int a; // TODO: later",
            "int todos;"),
    SLEEP(
            "\\.java$",
            "\\bThread\\.sleep\\(|TimeUnit\\.\\w+\\.sleep\\(",
            "wait for the event: a latch, a poll with a deadline, LockSupport.parkNanos in an idle"
                    + " loop",
            "wire/src/test/java/ATest.java",
            "Thread.sleep(100);",
            "LockSupport.parkNanos(1_000);"),
    DISABLED_TEST(
            "src/test/.*\\.java$",
            "@Disabled\\b|\\bassertTrue\\(true\\)",
            "mend the test or delete it",
            "wire/src/test/java/ATest.java",
            "@Disabled(\"slow\")",
            "assertTrue(done)"),
    /** A main prints what its process died of. */
    SWALLOWED(
            "src/main/.*(?<!/Main)\\.java$",
            "printStackTrace\\(",
            "refuse by name and count it, or let it propagate",
            "app/src/main/java/A.java",
            "e.printStackTrace();",
            "throw new UncheckedIOException(e);"),
    SEEDLESS(
            "\\.java$",
            "\\bnew (java\\.util\\.)?Random\\(\\)|\\bMath\\.random\\(|\\bThreadLocalRandom\\b",
            "take a Prng with a seed that a failure prints, or a KeySource",
            "sim/src/test/java/ATest.java",
            "Random random = new Random();",
            "Prng random = new Prng(seed);"),
    BLANKET_SUPPRESSION(
            "\\.java$",
            "@SuppressWarnings\\((\\{\\s*)?\"all\"",
            "suppress the one warning, with the reason beside it",
            "wire/src/main/java/A.java",
            "@SuppressWarnings(\"all\")",
            "@SuppressWarnings(\"NullAway\") // set by init"),
    SEQUENCE_ORDER(
            "lb-dataplane/stack/src/main/.*\\.java$",
            "(?<!- )\\b\\w*([sS]eq|Una|Nxt)\\b(\\(\\))?\\s+[<>]=?\\s"
                    + "|\\s[<>]=?\\s(?!\\w+(\\(\\))? - )\\w*([sS]eq|Una|Nxt)\\b",
            "sequence numbers wrap: Seq32.before, after, inWindow, distance",
            "lb-dataplane/stack/src/main/java/A.java",
            "if (segmentSeq < rcvNxt) {",
            "if (sndNxt - sndUna < windowBytes) {"),
    PRIVATE_ADDRESS(
            "^(?!lb-dataplane/sim/)",
            // The networks of RFC 1918 themselves may be named.
            "(?<![\\w.])(?!10\\.0\\.0\\.0/8|172\\.16\\.0\\.0/12|192\\.168\\.0\\.0/16)(10\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|192\\.168\\.\\d{1,3}\\.\\d{1,3}"
                + "|172\\.(1[6-9]|2\\d|3[01])\\.\\d{1,3}\\.\\d{1,3})(?![\\w.])",
            "documentation addresses: 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 198.18.0.0/15",
            "README.md",
            "listen: 10.1.2.3",
            "listen: 192.0.2.10"),
    MACHINE_PATH(
            ".",
            "(?<![\\w.$}])/(work|root|home/\\w+)(/|\\b)(?!\\w)",
            "a path inside the repository, or a variable",
            "README.md",
            "cd /root/mptcp-lb",
            "cd mptcp-lb/root/work"),
    TRAILING_SPACE(
            ".", "[ \\t\\r]+$", "end the line where its text ends", "README.md", "text ", "text");

    private final Pattern path;
    private final Pattern line;
    final String instead;
    final String plantedPath;
    final String plantedLine;
    final String goodLine;

    TidyRule(
            String path,
            String line,
            String instead,
            String plantedPath,
            String plantedLine,
            String goodLine) {
        this.path = Pattern.compile(path);
        this.line = Pattern.compile(line);
        this.instead = instead;
        this.plantedPath = plantedPath;
        this.plantedLine = plantedLine;
        this.goodLine = goodLine;
    }

    boolean appliesTo(String relativePath) {
        return path.matcher(relativePath).find();
    }

    Predicate<String> findsIn() {
        return line.asPredicate();
    }
}
