package io.mptcplb.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What an informer knows, and what we wrote since: an informer hears of our own writes late, and
 * what was decided once must not be decided again on older facts.
 */
final class FreshCache<T extends HasMetadata> {
    private final SharedIndexInformer<T> informer;
    private final Map<String, T> written = new ConcurrentHashMap<>();

    FreshCache(SharedIndexInformer<T> informer) {
        this.informer = informer;
    }

    SharedIndexInformer<T> informer() {
        return informer;
    }

    void onChange(Runnable action) {
        informer.addEventHandler(
                new ResourceEventHandler<T>() {
                    @Override
                    public void onAdd(T object) {
                        action.run();
                    }

                    @Override
                    public void onUpdate(T old, T object) {
                        action.run();
                    }

                    @Override
                    public void onDelete(T object, boolean isStateUnknown) {
                        written.remove(object.getMetadata().getUid());
                        action.run();
                    }
                });
    }

    /** Remembers what the API server answered to a write. */
    void onWritten(T object) {
        written.put(object.getMetadata().getUid(), object);
    }

    /** All objects, each as new as is known. */
    List<T> list() {
        List<T> objects = new ArrayList<>();
        for (T object : informer.getStore().list()) {
            objects.add(fresh(object));
        }
        return objects;
    }

    /** The newer one of an object and what was written of it. */
    T fresh(T object) {
        T ours = written.get(object.getMetadata().getUid());
        if (ours == null) {
            return object;
        }
        if (version(ours) > version(object)) {
            return ours;
        }
        written.remove(object.getMetadata().getUid(), ours);
        return object;
    }

    private static long version(HasMetadata object) {
        return Long.parseLong(object.getMetadata().getResourceVersion());
    }
}
