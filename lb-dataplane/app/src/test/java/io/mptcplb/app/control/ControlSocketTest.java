package io.mptcplb.app.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.UnixDomainPrincipal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
    /** Ids that no account of a test machine has. */
    private static final String STRANGER = "61234";

    private static final String OWN = "61235";

    @TempDir Path directory;

    @Test
    void allowList_ownUserRootAndTheGroup_nobodyElse() throws IOException {
        AllowList list = new AllowList(user(OWN), group("61236"));
        assertTrue(list.admits(new UnixDomainPrincipal(user(OWN), group(STRANGER))));
        assertTrue(list.admits(new UnixDomainPrincipal(user("0"), group("0"))));
        assertTrue(list.admits(new UnixDomainPrincipal(user(STRANGER), group("61236"))));
        assertFalse(list.admits(new UnixDomainPrincipal(user(STRANGER), group(STRANGER))));
        assertFalse(
                new AllowList(user(OWN), null)
                        .admits(new UnixDomainPrincipal(user(STRANGER), group("61236"))));
    }

    @Test
    void directoryOfEverybody_isRefusedAndLeftAsItIs() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        IOException refused =
                assertThrows(
                        IOException.class,
                        () -> ControlSocket.open(directory.resolve("control.sock"), null));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("is everybody's"),
                refused.getMessage());
        assertEquals(
                "rwxrwxrwx",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    }

    @Test
    void socketOfAFormerProcess_isReplaced() throws IOException {
        Path path = directory.resolve("control.sock");
        Files.createFile(path);
        try (ControlSocket socket = ControlSocket.open(path, null)) {
            assertTrue(socket.channel().isOpen());
            assertFalse(Files.isRegularFile(path));
        }
    }

    @Test
    void groupNobodyHas_isNamed() {
        IOException refused =
                assertThrows(
                        IOException.class,
                        () -> ControlSocket.open(directory.resolve("control.sock"), "no such"));
        assertTrue(String.valueOf(refused).contains("Principal"), String.valueOf(refused));
    }

    private static UserPrincipal user(String id) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(id);
    }

    private static GroupPrincipal group(String id) throws IOException {
        return FileSystems.getDefault()
                .getUserPrincipalLookupService()
                .lookupPrincipalByGroupName(id);
    }
}
