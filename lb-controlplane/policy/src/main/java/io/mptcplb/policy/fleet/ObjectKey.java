package io.mptcplb.policy.fleet;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.Comparator;
import java.util.Objects;

/** Namespace and name of an object; the namespace is empty for those of the whole cluster. */
public record ObjectKey(String namespace, String name) implements Comparable<ObjectKey> {
    private static final Comparator<ObjectKey> ORDER =
            Comparator.comparing(ObjectKey::namespace).thenComparing(ObjectKey::name);

    /** Of two that claim the same, the older one wins, then the one whose name comes first. */
    static final Comparator<HasMetadata> SENIORITY =
            Comparator.comparing((HasMetadata object) ->
                            Objects.toString(object.getMetadata().getCreationTimestamp(), ""))
                    .thenComparing(ObjectKey::of);

    public static ObjectKey of(HasMetadata object) {
        ObjectMeta metadata = object.getMetadata();
        return new ObjectKey(
                Objects.toString(metadata.getNamespace(), ""),
                Objects.toString(metadata.getName(), ""));
    }

    @Override
    public int compareTo(ObjectKey other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
