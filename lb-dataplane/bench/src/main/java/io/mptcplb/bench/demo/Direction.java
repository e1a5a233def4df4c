package io.mptcplb.bench.demo;

/** Which way the content goes. */
enum Direction {
    UPLOAD("upload"),
    DOWNLOAD("download");

    final String text;

    Direction(String text) {
        this.text = text;
    }

    boolean isUp() {
        return this == UPLOAD;
    }
}
