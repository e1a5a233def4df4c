package io.mptcplb.app.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * Whose processes may command the dataplane, by what the kernel says of them: our own user, root,
 * and those whose group is the shared one. Supplementary groups do not count: the kernel does not
 * tell them.
 */
final class AllowList {
    private static final String ROOT = "0";

    private final UserPrincipal own;
    private final UserPrincipal root;
    private final @Nullable GroupPrincipal group;

    AllowList(UserPrincipal own, @Nullable GroupPrincipal group) throws IOException {
        this.own = own;
        this.group = group;
        root = FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(ROOT);
    }

    boolean admits(UnixDomainPrincipal peer) {
        return peer.user().equals(own) || peer.user().equals(root) || peer.group().equals(group);
    }

    /** Who is at the other end. */
    static UnixDomainPrincipal peer(SocketChannel channel) throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    }
}
