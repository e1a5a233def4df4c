package io.mptcplb.app.house.planted.stack.tcp;

/** Planted: a console. */
final class Prints {
    void say() {
        System.out.println();
    }
}
