package io.mptcplb.app;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The constants of a class file (JVMS 4.4) that the JVM turns into objects at their first use: the
 * names of other classes, and strings. Read before anything is compiled: no entry is decoded but
 * those.
 */
final class ConstantPool {
    private static final int MAGIC = 0xcafebabe;
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    private final byte[] file;
    private final int[] at;
    private final byte[] tags;

    /**
     * @param file a class file
     * @throws IOException where it is none
     */
    ConstantPool(byte[] file) throws IOException {
        this.file = file;
        ByteBuffer in = ByteBuffer.wrap(file);
        if (file.length < 10 || in.getInt(0) != MAGIC) {
            throw new IOException("no class file");
        }
        at = new int[u2(8)];
        tags = new byte[at.length];
        int next = 10;
        for (int i = 1; i < at.length; i++) {
            int tag = file[next++];
            tags[i] = (byte) tag;
            at[i] = next;
            next +=
                    switch (tag) {
                        case UTF8 -> 2 + u2(next);
                        case CLASS, STRING, METHOD_TYPE, MODULE, PACKAGE -> 2;
                        case METHOD_HANDLE -> 3;
                        case LONG, DOUBLE -> 8;
                        default -> 4;
                    };
            if (tag == LONG || tag == DOUBLE) {
                i++; // JVMS 4.4.5: they take two places
            }
        }
    }

    private int u2(int offset) {
        return (file[offset] & 0xff) << 8 | file[offset + 1] & 0xff;
    }

    /** Binary names of the classes it speaks of, without arrays. */
    List<String> classes() {
        List<String> names = new ArrayList<>();
        for (String name : texts(CLASS)) {
            if (!name.startsWith("[")) {
                names.add(name.replace('/', '.'));
            }
        }
        return names;
    }

    /** Its string constants. */
    List<String> strings() {
        return texts(STRING);
    }

    private List<String> texts(int tag) {
        List<String> texts = new ArrayList<>();
        for (int i = 1; i < tags.length; i++) {
            if (tags[i] == tag) {
                texts.add(utf8(at[u2(at[i])]));
            }
        }
        return texts;
    }

    private String utf8(int offset) {
        int bytes = 2 + u2(offset);
        try {
            return new DataInputStream(new ByteArrayInputStream(file, offset, bytes)).readUTF();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the JVM has loaded this file
        }
    }
}
