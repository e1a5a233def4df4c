package io.mptcplb.bench.lab;

/** Who opens the second subflow of a connection. */
public enum MptcpMode {
    /** Nobody. */
    SINGLE,
    /** The client, from its second address to the address it connected to. */
    CLIENT,
    /** The same, with the backup flag. */
    BACKUP,
    /** The client, to an address that the box announces (ADD_ADDR). */
    SIGNAL,
    /** The client, from each of its addresses to each of the box's. */
    FULLMESH
}
