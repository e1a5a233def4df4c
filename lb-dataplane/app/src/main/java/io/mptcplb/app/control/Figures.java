package io.mptcplb.app.control;

import io.mptcplb.contract.LbConfig;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The published figures, which go over to other names together with a configuration. */
@FunctionalInterface
public interface Figures {
    /** Prepared: nobody has noticed. */
    interface Handover {
        /** The worker has gone over to the configuration; on its thread. */
        void onWorker(int worker, long nowNanos);

        /** All workers have: readers may see it. */
        void complete() throws IOException;

        /** It will not be. */
        void drop() throws IOException;
    }

    /**
     * Prepares for a configuration; null when its names are those of now.
     *
     * @throws IOException when it cannot; then nothing has changed
     */
    @Nullable Handover handover(LbConfig next) throws IOException;
}
