package io.mptcplb.delivery.walk;

/** What /proc/net/dev shows of a network namespace. */
final class NetworkDevices {
    private final String shown;

    NetworkDevices(String shown) {
        this.shown = shown;
    }

    /** Bytes that came in over an interface since it was made. */
    long received(String name) throws WalkException {
        String figures =
                shown.lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith(name + ":"))
                        .findFirst()
                        .orElseThrow(() -> new WalkException("there is no interface " + name));
        return Long.parseLong(figures.substring(name.length() + 1).strip().split(" ", 2)[0]);
    }
}
