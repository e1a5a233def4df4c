package io.mptcplb.api;

/** The words that operator, agent and chart must spell alike. */
public final class ApiNames {
    public static final String GROUP = "mptcplb.io";
    public static final String VERSION = "v1alpha1";

    /**
     * On the operator's own objects and on dataplane pods: the LoadBalancer that they belong to.
     */
    public static final String LOAD_BALANCER_LABEL = GROUP + "/load-balancer";

    /** On a Service: the AddressPool that its addresses shall come from. */
    public static final String POOL_ANNOTATION = GROUP + "/address-pool";

    /** On a Service: the addresses that it shall get, with commas between them. */
    public static final String ADDRESSES_ANNOTATION = GROUP + "/addresses";

    /** Our own, not Kubernetes': other controllers' Services must not be taken for ours. */
    public static final String SERVICE_FINALIZER = GROUP + "/virtual-address";

    /**
     * The reason of a Programmed condition that is false because work goes on. With any other
     * reason, a node refuses what it was told.
     */
    public static final String RECONCILING = "Reconciling";

    /**
     * The reason of a Ready condition that is false because the node is leaving: it serves what it
     * has begun, and is to announce nothing.
     */
    public static final String LEAVING = "Leaving";

    public static final String OPERATOR_FIELD_MANAGER = "mptcplb-operator";
    public static final String AGENT_FIELD_MANAGER = "mptcplb-agent";

    /** The Lease by which one operator leads. */
    public static final String OPERATOR_LEASE = "mptcplb-operator";

    /** How often an agent renews its node's Lease. */
    public static final long NODE_LEASE_RENEW_MILLIS = 500;

    /** Three renewals missing: the node is lost, and another one announces its addresses. */
    public static final long NODE_LOST_MILLIS = 3 * NODE_LEASE_RENEW_MILLIS;

    /** What an agent writes as its Lease's duration, for those who read Leases. */
    public static final int NODE_LEASE_SECONDS = 2;

    private ApiNames() {}

    /**
     * The Lease that an agent renews while its dataplane lives: in the operator's namespace, with
     * {@link #LOAD_BALANCER_LABEL}, held by the node's name; without holder, the node leaves.
     */
    public static String nodeLease(String node) {
        return "dataplane." + node;
    }
}
