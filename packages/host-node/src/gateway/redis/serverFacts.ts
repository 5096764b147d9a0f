/** What Redis reports about itself (`INFO`), as far as reservations depend on it. */

/** The part of `INFO` that decides whether the server may keep reservations. */
export interface ServerFacts {
  /**
   * Changes whenever the data may have changed hands or shrunk: with the process (`run_id`), with a promotion
   * (`master_replid2`, which a replica sets when it becomes a master), and with an eviction.
   */
  readonly identity: string
  readonly role: string
  readonly loading: boolean
  /** Whether it is a part of a cluster, which spreads keys over servers. */
  readonly isCluster: boolean
  /** `undefined` when the server doesn't say. */
  readonly evictionPolicy: string | undefined
}

/** Reads the text of `INFO`; a missing field becomes `-`, except for the eviction policy. */
export const parse = (info: string): ServerFacts => {
  const fields = new Map(
    info.split(/\r?\n/).flatMap((line) => {
      const colon = line.indexOf(":")
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const]
    })
  )
  const field = (name: string) => fields.get(name) ?? "-"
  return {
    identity: `${field("run_id")}/${field("master_replid2").slice(0, 16)}/${field("evicted_keys")}`,
    role: field("role"),
    loading: field("loading") === "1",
    isCluster: field("cluster_enabled") === "1",
    evictionPolicy: fields.get("maxmemory_policy")
  }
}
