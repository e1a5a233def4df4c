package io.mptcplb.app.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * The place in the file system: a directory that only we and the shared group enter, and the socket
 * in it, which appears with its final permissions.
 */
final class ControlSocket implements AutoCloseable {
    /** Set-group-id: what is made in the directory belongs to the shared group too. */
    private static final int MODE_02750 = 02750;

    private static final int MODE_0750 = 0750;
    private static final int BACKLOG = 8;

    private final Path path;
    private final ServerSocketChannel channel;
    private final AllowList allowed;

    private ControlSocket(Path path, ServerSocketChannel channel, AllowList allowed) {
        this.path = path;
        this.channel = channel;
        this.allowed = allowed;
    }

    /**
     * Listens in a directory that exists.
     *
     * @param groupName whose members may connect; null for none
     * @throws IOException names what is wrong with directory, group or socket
     */
    static ControlSocket open(Path path, @Nullable String groupName) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(path + " is no path for a socket");
        }
        GroupPrincipal group = groupName == null ? null : group(groupName);
        close(directory, group);
        Path temporary = directory.resolve("." + path.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(temporary), BACKLOG);
            channel.configureBlocking(false);
            UserPrincipal own = Files.getOwner(temporary);
            if (group != null) {
                view(temporary).setGroup(group);
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-rw----"));
            Files.move(
                    temporary,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return new ControlSocket(path, channel, new AllowList(own, group));
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    private static GroupPrincipal group(String name) throws IOException {
        return FileSystems.getDefault()
                .getUserPrincipalLookupService()
                .lookupPrincipalByGroupName(name);
    }

    /** Shuts everybody else out, but never a directory that is everybody's. */
    private static void close(Path directory, @Nullable GroupPrincipal group) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class);
        if (attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(
                    directory + " is everybody's: the control socket needs a directory of its own");
        }
        if (group != null) {
            view(directory).setGroup(group);
        }
        Files.setAttribute(directory, "unix:mode", group == null ? MODE_0750 : MODE_02750);
    }

    private static PosixFileAttributeView view(Path path) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view == null) {
            throw new IOException(path + " is on a file system without owners");
        }
        return view;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    AllowList allowed() {
        return allowed;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }
}
