package io.mptcplb.delivery.walk;

import java.io.IOException;

/** {@code ./lb demo --kubernetes}, once the cluster is up and has the images. */
public final class Main {
    private Main() {}

    public static void main(String[] words) throws InterruptedException {
        Walk walk = new Walk(Site.of(System.getenv()), System.out::println);
        int status = 0;
        try {
            walk.walk();
            System.out.println("the walk is done");
        } catch (IOException e) {
            System.out.println("the walk ends here: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }
}
