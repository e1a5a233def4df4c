package io.mptcplb.app.house;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.net.URI;

/** What ArchUnit does not read: the instructions. */
final class Bytecode {
    private Bytecode() {}

    /** Neither {@code synchronized} methods nor {@code synchronized} blocks. */
    static ArchCondition<JavaClass> notSynchronize() {
        return new ArchCondition<>("not synchronize") {
            @Override
            public void check(JavaClass javaClass, ConditionEvents events) {
                for (MethodModel method : parse(javaClass).methods()) {
                    if (synchronizes(method)) {
                        String text =
                                javaClass.getName()
                                        + "."
                                        + method.methodName().stringValue()
                                        + " synchronizes";
                        events.add(SimpleConditionEvent.violated(javaClass, text));
                    }
                }
            }
        };
    }

    private static boolean synchronizes(MethodModel method) {
        return method.flags().has(AccessFlag.SYNCHRONIZED)
                || method.code()
                        .map(code ->
                                code.elementStream().anyMatch(MonitorInstruction.class::isInstance))
                        .orElse(false);
    }

    private static ClassModel parse(JavaClass javaClass) {
        URI source = javaClass.getSource().orElseThrow().getUri();
        try (InputStream bytes = source.toURL().openStream()) {
            return ClassFile.of().parse(bytes.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
