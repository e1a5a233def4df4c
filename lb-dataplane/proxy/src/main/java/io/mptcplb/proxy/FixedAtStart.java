package io.mptcplb.proxy;

import io.mptcplb.contract.LbConfig;
import io.mptcplb.contract.PortConfig;
import io.mptcplb.contract.control.ReplyCode;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a running dataplane cannot change: the tables and ports that it was built for. */
final class FixedAtStart {
    private record Difference(String field, Object now, Object wanted) {}

    private FixedAtStart() {}

    /** Refuses a configuration that needs a new process, by the first such field. */
    static void check(LbConfig now, LbConfig wanted) throws RevisionException {
        Difference first = difference("workers", now.workers(), wanted.workers());
        first = first != null ? first : difference("buffers", now.buffers(), wanted.buffers());
        first = first != null ? first : difference("sizes", now.sizes(), wanted.sizes());
        first = first != null ? first : difference("ports", configured(now), configured(wanted));
        if (first != null) {
            throw new RevisionException(
                    ReplyCode.RESTART_REQUIRED,
                    first.field,
                    first.wanted + " needs a restart, started with " + first.now);
        }
    }

    /** What was learned at start is in no snapshot. */
    private static List<PortConfig> configured(LbConfig config) {
        List<PortConfig> ports = new ArrayList<>();
        for (PortConfig port : config.ports()) {
            ports.add(port.configured());
        }
        return ports;
    }

    private static @Nullable Difference difference(String field, Object now, Object wanted) {
        if (now.equals(wanted)) {
            return null;
        }
        if (now instanceof List<?> some && wanted instanceof List<?> others) {
            return inLists(field, some, others);
        }
        RecordComponent[] parts = now.getClass().getRecordComponents();
        if (parts == null || hasOneText(now)) {
            return new Difference(field, now, wanted);
        }
        for (RecordComponent part : parts) {
            Difference inside =
                    difference(field + "." + part.getName(), get(part, now), get(part, wanted));
            if (inside != null) {
                return inside;
            }
        }
        return null;
    }

    private static @Nullable Difference inLists(String field, List<?> some, List<?> others) {
        for (int i = 0; i < Math.min(some.size(), others.size()); i++) {
            Difference inside = difference(field + "[" + i + "]", some.get(i), others.get(i));
            if (inside != null) {
                return inside;
            }
        }
        return new Difference(field, some.size() + " entries", others.size() + " entries");
    }

    /** Addresses, prefixes and the like read better whole. */
    private static boolean hasOneText(Object record) {
        return !record.toString().startsWith(record.getClass().getSimpleName() + "[");
    }

    private static Object get(RecordComponent part, Object of) {
        try {
            return part.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(part + " cannot be read", e);
        }
    }
}
