package io.mptcplb.bench.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Becomes another program, which finds an MPTCP socket that listens as its descriptor {@link
 * #DESCRIPTOR}. So a program that knows nothing of MPTCP speaks it to its clients, and plain TCP to
 * everybody else.
 */
public final class ListeningExec {
    /** Above all that a program opens before it looks for it. */
    public static final int DESCRIPTOR = 100;

    private static final int BACKLOG = 4_096;

    private ListeningExec() {}

    /**
     * Does not return.
     *
     * @param words the port, then the program and its arguments
     */
    public static void main(String[] words) throws Exception {
        if (words.length < 2) {
            throw new IllegalArgumentException("usage: PORT PROGRAM ARGUMENT...");
        }
        InetSocketAddress any =
                new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), Integer.parseInt(words[0]));
        StreamSocket socket = StreamSocket.listen(true, any, BACKLOG);
        socket.inheritAs(DESCRIPTOR);
        exec(Arrays.asList(words).subList(1, words.length));
    }

    private static void exec(List<String> command) throws SysException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, command.size() + 1L);
            for (int i = 0; i < command.size(); i++) {
                arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command.get(i)));
            }
            MemorySegment file = arguments.getAtIndex(ValueLayout.ADDRESS, 0);
            Linux.check("execvp " + command.getFirst(), Linux.execvp(file, arguments));
        }
    }
}
