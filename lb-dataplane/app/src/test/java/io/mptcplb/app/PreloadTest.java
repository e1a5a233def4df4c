package io.mptcplb.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreloadTest {
    /** Nobody but {@link Preload} and this test's class file know of it. */
    private static final class Planted {
        static final String TEXT = "planted: " + "a constant with an umlaut, ü";

        double number() {
            return 1.5; // an entry that takes two places
        }

        List<String> words() {
            return List.of(TEXT, "planted: the second");
        }
    }

    @Test
    void classFile_read_givesItsStringsAndClasses() throws Exception {
        ConstantPool pool = new ConstantPool(bytes(Planted.class));

        assertEquals(
                List.of(Planted.TEXT, "planted: the second"),
                pool.strings().stream().filter(text -> text.startsWith("planted")).toList());
        assertTrue(pool.classes().contains("java.util.List"), () -> pool.classes().toString());
        assertTrue(pool.classes().contains(Planted.class.getName()));
    }

    @Test
    void anythingElse_read_refused() {
        assertThrows(IOException.class, () -> new ConstantPool(new byte[12]));
        assertThrows(IOException.class, () -> new ConstantPool(new byte[0]));
    }

    @Test
    void ourClasses_preloaded_initialisedWithTheirStrings() throws Exception {
        Preload preload = Preload.run();

        assertTrue(preload.classes() > 250, () -> preload.classes() + " classes");
        List<String> ours = new ConstantPool(bytes(Main.class)).strings();
        assertTrue(ours.contains("stopping"));
        assertTrue(preload.strings().containsAll(ours));
        for (String text : preload.strings()) {
            // intern() gives the object that the JVM will take for the constant.
            assertSame(text, text.intern());
        }
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = PreloadTest.class.getClassLoader().getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }
}
