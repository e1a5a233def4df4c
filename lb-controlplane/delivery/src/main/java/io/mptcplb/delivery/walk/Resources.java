package io.mptcplb.delivery.walk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Objects that lie beside the classes, as text. */
final class Resources {
    private Resources() {}

    static String text(String name) throws IOException {
        try (InputStream in = Resources.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new WalkException("there is no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
