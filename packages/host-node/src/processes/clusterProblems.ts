/** Whether the settings of a backend that is one of several fit together. */
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"
import { isLoopback } from "../http/hosts.ts"

const everywhere: ReadonlySet<string> = new Set(["0.0.0.0", "::"])

/** One line a problem. */
export const clusterProblems = (alone: Partial<Values<typeof settings.backendAlone>>): ReadonlyArray<string> => {
  const { clusterAddr, clusterListenAddr, engines } = alone
  if (clusterAddr === undefined) {
    return clusterListenAddr === undefined
      ? []
      : ["BACKEND_CLUSTER_LISTEN_ADDR: needs BACKEND_CLUSTER_ADDR, where others reach what listens there"]
  }
  // Two backends with this address would take each other for one.
  if (everywhere.has(clusterAddr.host)) {
    return [
      "BACKEND_CLUSTER_ADDR: must be where other backends reach this one, such as 10.0.0.5:7070; to listen on all addresses is for BACKEND_CLUSTER_LISTEN_ADDR"
    ]
  }
  return [
    // They listen on loopback, and are asked for there by every backend.
    ...(engines === "child-process" && !isLoopback(clusterAddr.host)
      ? [
          "BACKEND_CLUSTER_ADDR: other machines can't reach engines that are this backend's children. Set BACKEND_ENGINES=docker, or a loopback address where all backends are on this machine"
        ]
      : []),
    ...(clusterAddr.port === 0
      ? ["BACKEND_CLUSTER_ADDR: must name a port other than 0, since others connect to it"]
      : [])
  ]
}
