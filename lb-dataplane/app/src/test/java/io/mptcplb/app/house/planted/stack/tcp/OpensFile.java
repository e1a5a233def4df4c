package io.mptcplb.app.house.planted.stack.tcp;

import java.nio.file.Files;
import java.nio.file.Path;

/** Planted: a file. */
final class OpensFile {
    boolean there(Path path) {
        return Files.exists(path);
    }
}
