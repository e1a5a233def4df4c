package io.mptcplb.operator;

/** What blocks, beside the test. */
final class Threads {
    private Threads() {}

    /** What may be interrupted. */
    interface Blocking {
        void run() throws InterruptedException;
    }

    static Thread start(Blocking task) {
        return Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        task.run();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
