/* Prints "name value" for every offset, size and flag that Abi and Mbuf claim; LayoutTest compares. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <rte_version.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_ethdev.h>

#define ROW(name, value) printf("%s %lld\n", name, (long long)(value))

static void mbuf(void)
{
    ROW("mbuf.size", sizeof(struct rte_mbuf));
    ROW("mbuf.headroom", RTE_PKTMBUF_HEADROOM);
    ROW("mbuf.defaultRoom", RTE_MBUF_DEFAULT_BUF_SIZE);
    ROW("mbuf.bufAddr", offsetof(struct rte_mbuf, buf_addr));
    ROW("mbuf.bufIova", offsetof(struct rte_mbuf, buf_iova));
    ROW("mbuf.dataOff", offsetof(struct rte_mbuf, data_off));
    ROW("mbuf.refcnt", offsetof(struct rte_mbuf, refcnt));
    ROW("mbuf.nbSegs", offsetof(struct rte_mbuf, nb_segs));
    ROW("mbuf.port", offsetof(struct rte_mbuf, port));
    ROW("mbuf.olFlags", offsetof(struct rte_mbuf, ol_flags));
    ROW("mbuf.pktLen", offsetof(struct rte_mbuf, pkt_len));
    ROW("mbuf.dataLen", offsetof(struct rte_mbuf, data_len));
    ROW("mbuf.vlanTci", offsetof(struct rte_mbuf, vlan_tci));
    ROW("mbuf.bufLen", offsetof(struct rte_mbuf, buf_len));
    ROW("mbuf.next", offsetof(struct rte_mbuf, next));
    ROW("mbuf.txOffload", offsetof(struct rte_mbuf, tx_offload));
    ROW("mbuf.privSize", offsetof(struct rte_mbuf, priv_size));
    ROW("mbuf.external", RTE_MBUF_F_EXTERNAL);
    ROW("mbuf.indirect", RTE_MBUF_F_INDIRECT);
    ROW("mbuf.txTcpSeg", RTE_MBUF_F_TX_TCP_SEG);
    ROW("mbuf.txTcpChecksum", RTE_MBUF_F_TX_TCP_CKSUM);
    ROW("mbuf.txIpChecksum", RTE_MBUF_F_TX_IP_CKSUM);
    ROW("mbuf.txIpv4", RTE_MBUF_F_TX_IPV4);
    ROW("mbuf.txIpv6", RTE_MBUF_F_TX_IPV6);
    ROW("mbuf.rxL4Good", RTE_MBUF_F_RX_L4_CKSUM_GOOD);
    ROW("mbuf.rxL4Bad", RTE_MBUF_F_RX_L4_CKSUM_BAD);
    ROW("mbuf.rxL4None", RTE_MBUF_F_RX_L4_CKSUM_NONE);

    struct rte_mbuf m;
    memset(&m, 0, sizeof(m));
    m.l2_len = 14;
    m.l3_len = 20;
    m.l4_len = 32;
    m.tso_segsz = 1400;
    ROW("mbuf.packedOffload", m.tx_offload);
}

static void mempool(void)
{
    ROW("mempool.fits", sizeof(struct rte_mempool) <= 192);
    ROW("mempool.size", offsetof(struct rte_mempool, size));
    ROW("mempool.eltSize", offsetof(struct rte_mempool, elt_size));
    ROW("mempool.headerSize", offsetof(struct rte_mempool, header_size));
    ROW("mempool.trailerSize", offsetof(struct rte_mempool, trailer_size));
    ROW("mempool.opsIndex", offsetof(struct rte_mempool, ops_index));
    ROW("mempool.noIovaContig", RTE_MEMPOOL_F_NO_IOVA_CONTIG);
    ROW("poolPrivate.size", sizeof(struct rte_pktmbuf_pool_private));
    ROW("poolPrivate.room", offsetof(struct rte_pktmbuf_pool_private, mbuf_data_room_size));
    ROW("poolPrivate.privateSize", offsetof(struct rte_pktmbuf_pool_private, mbuf_priv_size));
    ROW("ops.count", offsetof(struct rte_mempool_ops_table, num_ops));
    ROW("ops.first", offsetof(struct rte_mempool_ops_table, ops));
    ROW("ops.size", sizeof(struct rte_mempool_ops));
    ROW("ops.max", RTE_MEMPOOL_MAX_OPS_IDX);
    ROW("ops.enqueue", offsetof(struct rte_mempool_ops, enqueue));
    ROW("ops.dequeue", offsetof(struct rte_mempool_ops, dequeue));
}

static void ethdev(void)
{
    ROW("fpOps.size", sizeof(struct rte_eth_fp_ops));
    ROW("fpOps.ports", RTE_MAX_ETHPORTS);
    ROW("fpOps.rxBurst", offsetof(struct rte_eth_fp_ops, rx_pkt_burst));
    ROW("fpOps.rxQueueData", offsetof(struct rte_eth_fp_ops, rxq.data));
    ROW("fpOps.txBurst", offsetof(struct rte_eth_fp_ops, tx_pkt_burst));
    ROW("fpOps.txPrepare", offsetof(struct rte_eth_fp_ops, tx_pkt_prepare));
    ROW("fpOps.txQueueData", offsetof(struct rte_eth_fp_ops, txq.data));
    ROW("conf.fits", sizeof(struct rte_eth_conf) <= 4096);
    ROW("conf.rxMtu", offsetof(struct rte_eth_conf, rxmode.mtu));
    ROW("conf.rxOffloads", offsetof(struct rte_eth_conf, rxmode.offloads));
    ROW("conf.txOffloads", offsetof(struct rte_eth_conf, txmode.offloads));
    ROW("info.fits", sizeof(struct rte_eth_dev_info) <= 1024);
    ROW("info.driverName", offsetof(struct rte_eth_dev_info, driver_name));
    ROW("info.minMtu", offsetof(struct rte_eth_dev_info, min_mtu));
    ROW("info.maxMtu", offsetof(struct rte_eth_dev_info, max_mtu));
    ROW("info.rxOffloads", offsetof(struct rte_eth_dev_info, rx_offload_capa));
    ROW("info.txOffloads", offsetof(struct rte_eth_dev_info, tx_offload_capa));
    ROW("info.rxDescMax", offsetof(struct rte_eth_dev_info, rx_desc_lim.nb_max));
    ROW("info.txDescMax", offsetof(struct rte_eth_dev_info, tx_desc_lim.nb_max));
    ROW("info.txSegsMax", offsetof(struct rte_eth_dev_info, tx_desc_lim.nb_seg_max));
    ROW("info.offloads",
        RTE_ETH_RX_OFFLOAD_CHECKSUM == 0xe && RTE_ETH_RX_OFFLOAD_SCATTER == 0x2000
            && RTE_ETH_TX_OFFLOAD_IPV4_CKSUM == 0x2 && RTE_ETH_TX_OFFLOAD_TCP_CKSUM == 0x8
            && RTE_ETH_TX_OFFLOAD_TCP_TSO == 0x20 && RTE_ETH_TX_OFFLOAD_MULTI_SEGS == 0x8000);
    ROW("stats.fits", sizeof(struct rte_eth_stats) <= 1024);
    ROW("stats.rxNoBuffer", offsetof(struct rte_eth_stats, rx_nombuf));
}

int main(void)
{
    printf("release %d.%02d\n", RTE_VER_YEAR, RTE_VER_MONTH);
    mbuf();
    mempool();
    ethdev();
    return 0;
}
