package io.mptcplb.controlplane.app.house.planted.policy;

import java.nio.file.Files;
import java.nio.file.Path;

/** Planted: a decision that depends on the machine. */
final class ReadsFile {
    boolean there(Path path) {
        return Files.exists(path);
    }
}
