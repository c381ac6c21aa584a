/* /proc/net (contract filesystems 7.7, 16). */
#include "private.h"

#define SOCKET_COLUMNS "st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
#define INET6_COLUMNS                                                                              \
    "  sl  local_address                         remote_address                       "            \
    " " SOCKET_COLUMNS

static const char netstat[] =
    "TcpExt: "
    "SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts PruneCalled RcvPruned "
    "OfoPruned OutOfWindowIcmps LockDroppedIcmps ArpFilter TW TWRecycled TWKilled "
    "PAWSPassive PAWSActive PAWSEstab DelayedACKs DelayedACKLocked DelayedACKLost "
    "ListenOverflows ListenDrops TCPPrequeued TCPDirectCopyFromBacklog "
    "TCPDirectCopyFromPrequeue TCPPrequeueDropped TCPHPHits TCPHPHitsToUser TCPPureAcks "
    "TCPHPAcks TCPRenoRecovery TCPSackRecovery TCPSACKReneging TCPFACKReorder "
    "TCPSACKReorder TCPRenoReorder TCPTSReorder TCPFullUndo TCPPartialUndo TCPDSACKUndo "
    "TCPLossUndo TCPLostRetransmit TCPRenoFailures TCPSackFailures TCPLossFailures "
    "TCPFastRetrans TCPForwardRetrans TCPSlowStartRetrans TCPTimeouts TCPLossProbes "
    "TCPLossProbeRecovery TCPRenoRecoveryFail TCPSackRecoveryFail TCPSchedulerFailed "
    "TCPRcvCollapsed TCPDSACKOldSent TCPDSACKOfoSent TCPDSACKRecv TCPDSACKOfoRecv "
    "TCPAbortOnData TCPAbortOnClose TCPAbortOnMemory TCPAbortOnTimeout TCPAbortOnLinger "
    "TCPAbortFailed TCPMemoryPressures TCPSACKDiscard TCPDSACKIgnoredOld "
    "TCPDSACKIgnoredNoUndo TCPSpuriousRTOs TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure "
    "TCPSackShifted TCPSackMerged TCPSackShiftFallback TCPBacklogDrop TCPMinTTLDrop "
    "TCPDeferAcceptDrop IPReversePathFilter TCPTimeWaitOverflow TCPReqQFullDoCookies "
    "TCPReqQFullDrop TCPRetransFail TCPRcvCoalesce TCPOFOQueue TCPOFODrop TCPOFOMerge "
    "TCPChallengeACK TCPSYNChallenge TCPFastOpenActive TCPFastOpenActiveFail "
    "TCPFastOpenPassive TCPFastOpenPassiveFail TCPFastOpenListenOverflow "
    "TCPFastOpenCookieReqd TCPSpuriousRtxHostQueues BusyPollRxPackets TCPAutoCorking "
    "TCPFromZeroWindowAdv TCPToZeroWindowAdv TCPWantZeroWindowAdv TCPSynRetrans "
    "TCPOrigDataSent TCPHystartTrainDetect TCPHystartTrainCwnd TCPHystartDelayDetect "
    "TCPHystartDelayCwnd TCPACKSkippedSynRecv TCPACKSkippedPAWS TCPACKSkippedSeq "
    "TCPACKSkippedFinWait2 TCPACKSkippedTimeWait TCPACKSkippedChallenge TCPWinProbe "
    "TCPKeepAlive TCPMTUPFail TCPMTUPSuccess";

static int fill_dev(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct net_stack *net = &proc_kernel(inode)->net;
    str_add(&out->text, "Inter-|   Receive                                                |"
                        "  Transmit\n");
    int rc = seq_out_cut(out);
    str_add(&out->text, " face |bytes    packets errs drop fifo frame compressed multicast|"
                        "bytes    packets errs drop fifo colls carrier compressed\n");
    rc = rc ? rc : seq_out_cut(out);
    for (size_t i = 0; i < net->interfaces_n && !rc; i++) {
        static const int widths[] = {7, 7, 4, 4, 4, 5, 10, 9, 8, 7, 4, 4, 4, 5, 7, 10};
        str_addf(&out->text, "%6s:", net->interfaces[i].name);
        for (size_t j = 0; j < ARRAY_LEN(widths); j++) {
            str_addf(&out->text, " %*d", widths[j], 0);
        }
        str_addc(&out->text, '\n');
        rc = seq_out_cut(out);
    }
    return rc;
}

static void add_address(struct str *s, const struct net_interface *interface,
                        const struct inet6_address *a)
{
    for (size_t i = 0; i < sizeof(a->bytes); i++) {
        str_addf(s, "%02x", a->bytes[i]);
    }
    str_addf(s, " %02x %02x %02x %02x %8s\n", interface->index, a->prefix, 0, a->flags,
             interface->name);
}

static int fill_if_inet6(struct ctx *c, struct inode *inode, struct seq_out *out)
{
    (void)c;
    const struct net_stack *net = &proc_kernel(inode)->net;
    int rc = 0;
    for (size_t i = 0; i < net->interfaces_n; i++) {
        const struct net_interface *interface = &net->interfaces[i];
        for (size_t j = 0; j < interface->addresses_n && !rc; j++) {
            add_address(&out->text, interface, &interface->addresses[j]);
            rc = seq_out_cut(out);
        }
    }
    return rc;
}

static bool has_inet6(const struct kernel *k)
{
    return k->has_net && k->net.ipv6;
}

#define STUB(text_name, content)                                                                   \
    {                                                                                              \
        PROC_STUB, .name = text_name, .text = content, .present = has_inet6                        \
    }
#define LINES(text_name, f)                                                                        \
    {                                                                                              \
        PROC_SEQ, .name = text_name, .counted = true, .records = RECORDS_MANY, .fill = f,          \
                  .present = has_inet6                                                             \
    }

static const struct proc_row rows[] = {
    STUB("arp", "IP address       HW type     Flags       HW address            Mask     Device"),
    LINES("dev", fill_dev),
    LINES("if_inet6", fill_if_inet6),
    STUB("ipv6_route", ""),
    STUB("netlink",
         "sk       Eth Pid    Groups   Rmem     Wmem     Dump     Locks     Drops     Inode"),
    STUB("netstat", netstat),
    STUB("packet", "sk       RefCnt Type Proto  Iface R Rmem   User   Inode"),
    STUB("protocols", "protocol  size sockets  memory press maxhdr  slab module     cl co di ac io "
                      "in de sh ss gs se re sp bi br ha uh gp em"),
    STUB("psched", ""),
    STUB("ptype", "Type Device      Function"),
    STUB("route", "Iface   Destination     Gateway         Flags   RefCnt  Use     Metric  Mask"
                  "            MTU     Window  IRTT"),
    STUB("tcp", "  sl  local_address rem_address   " SOCKET_COLUMNS),
    STUB("tcp6", INET6_COLUMNS),
    STUB("udp", "  sl  local_address rem_address   " SOCKET_COLUMNS " ref pointer drops"),
    STUB("udp6", INET6_COLUMNS),
};
static const struct proc_table table = {rows, ARRAY_LEN(rows)};

const struct proc_row proc_net_row = {PROC_DIR, .mode = 0555, .table = &table};
