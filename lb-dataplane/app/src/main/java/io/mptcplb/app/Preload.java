package io.mptcplb.app;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.dpdk.Eal;
import io.mptcplb.frame.Mem;
import io.mptcplb.proxy.LoadBalancer;
import io.mptcplb.stack.tcp.TcpStack;
import io.mptcplb.wire.Seq32;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM would do at the first use of a class, done before there are packets: all classes of
 * the dataplane are loaded and initialised, those of the JDK that they name are loaded, and their
 * string constants exist. Otherwise the worker would do so in the middle of traffic, at the first
 * timer of a rare kind or when the compiler takes up a method whose class has strings, and would
 * allocate and read files there.
 */
final class Preload {
    /** One class of each module that the worker runs. */
    private static final List<Class<?>> MODULES =
            List.of(
                    LbConfig.class,
                    Mem.class,
                    Seq32.class,
                    TcpStack.class,
                    LoadBalancer.class,
                    Eal.class,
                    Preload.class);

    private static final String OURS = "io.mptcplb.";
    private static final String SUFFIX = ".class";

    /**
     * The JDK's own classes behind native calls, mapped memory, digests and a thread's figures,
     * which no class of ours names.
     */
    private static final List<String> BEHIND =
            List.of(
                    "com.sun.management.internal.HotSpotThreadImpl",
                    "java.lang.invoke.DirectMethodHandle",
                    "java.lang.invoke.Invokers",
                    "java.lang.invoke.NativeMethodHandle",
                    "java.lang.invoke.VarHandle",
                    "java.lang.invoke.VarHandleGuards",
                    "java.lang.invoke.VarHandleSegmentAsLongs",
                    "java.security.MessageDigest$CloneableDelegate",
                    "java.security.MessageDigest$Delegate",
                    "jdk.internal.foreign.AbstractMemorySegmentImpl",
                    "jdk.internal.foreign.MappedMemorySegmentImpl",
                    "jdk.internal.foreign.MemorySessionImpl",
                    "jdk.internal.foreign.NativeMemorySegmentImpl",
                    "jdk.internal.foreign.abi.SharedUtils",
                    "jdk.internal.misc.ScopedMemoryAccess",
                    "jdk.internal.util.Preconditions",
                    "sun.management.ThreadImpl",
                    "sun.security.provider.DigestBase",
                    "sun.security.provider.SHA2",
                    "sun.security.provider.SHA2$SHA256");

    private final ClassLoader loader = Preload.class.getClassLoader();
    private final Set<String> named = new HashSet<>(BEHIND);
    private final List<String> strings = new ArrayList<>();
    private int classes;

    private Preload() {}

    /** Does it all. The strings stay as long as somebody holds what is returned. */
    static Preload run() throws IOException {
        Preload preload = new Preload();
        for (Class<?> module : MODULES) {
            preload.module(module);
        }
        for (String name : preload.named) {
            preload.namedClass(name);
        }
        return preload;
    }

    /** Classes of ours that are initialised. */
    int classes() {
        return classes;
    }

    /** String constants of those classes and of the JDK's that they name. */
    List<String> strings() {
        return Collections.unmodifiableList(strings);
    }

    private void module(Class<?> member) throws IOException {
        Path root = Path.of(URI.create(location(member)));
        if (Files.isDirectory(root)) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    ownClass(root.relativize(file).toString());
                }
            }
            return;
        }
        try (JarFile jar = new JarFile(root.toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                ownClass(entry.getName());
            }
        }
    }

    private static String location(Class<?> member) throws IOException {
        CodeSource source = member.getProtectionDomain().getCodeSource();
        if (source == null) {
            throw new IOException(member.getName() + " comes from nowhere");
        }
        return source.getLocation().toString();
    }

    private void ownClass(String file) throws IOException {
        if (!file.endsWith(SUFFIX) || file.endsWith("-info" + SUFFIX)) {
            return;
        }
        if (load(file.substring(0, file.length() - SUFFIX.length()).replace('/', '.'), true)
                != null) {
            classes++;
        }
        ConstantPool constants = constants(file);
        if (constants != null) {
            named.addAll(constants.classes());
        }
    }

    /** One that ours name: loaded, for what it does at its initialisation is the JDK's affair. */
    private void namedClass(String name) throws IOException {
        Class<?> loaded = load(name, false);
        if (loaded != null && !name.startsWith(OURS)) {
            constants(name.replace('.', '/') + SUFFIX);
            family(loaded);
        }
    }

    /**
     * Asking a sealed class for its subclasses loads them. Compiled code relies on there being one
     * loaded subclass, where there is: the second one would have it all thrown away, such as memory
     * access when the first array is looked at as a segment.
     */
    private void family(Class<?> of) {
        Class<?>[] subclasses = of.getPermittedSubclasses();
        if (subclasses != null) {
            for (Class<?> subclass : subclasses) {
                family(subclass);
            }
        }
    }

    private @Nullable Class<?> load(String name, boolean initialize) {
        try {
            return Class.forName(name, initialize, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            return null; // whoever needs it says what is missing
        }
    }

    private @Nullable ConstantPool constants(String file) throws IOException {
        try (InputStream in = loader.getResourceAsStream(file)) {
            if (in == null) {
                return null;
            }
            ConstantPool constants = new ConstantPool(in.readAllBytes());
            for (String text : constants.strings()) {
                strings.add(text.intern());
            }
            return constants;
        }
    }
}
