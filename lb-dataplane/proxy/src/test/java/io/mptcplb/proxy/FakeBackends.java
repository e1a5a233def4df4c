package io.mptcplb.proxy;

import io.mptcplb.stack.buffer.HeldBuffers;
import io.mptcplb.stack.tcp.Stream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Connections to backends that a test answers for. */
final class FakeBackends implements BackendConnector {
    private final HeldBuffers buffers;
    final List<Backend> tried = new ArrayList<>();
    final List<FakeStream> streams = new ArrayList<>();
    final Set<String> unreachable = new HashSet<>();
    int mssBytes;

    FakeBackends(HeldBuffers buffers) {
        this.buffers = buffers;
    }

    @Override
    public @Nullable Stream prepare(Backend backend, long nowNanos) {
        tried.add(backend);
        if (unreachable.contains(backend.name())) {
            return null;
        }
        FakeStream stream = new FakeStream(buffers);
        streams.add(stream);
        return stream;
    }

    @Override
    public void connect(Stream prepared, int offeredMssBytes, long nowNanos) {
        mssBytes = offeredMssBytes;
    }

    FakeStream last() {
        return streams.getLast();
    }
}
