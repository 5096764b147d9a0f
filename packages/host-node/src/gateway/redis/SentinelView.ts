/** What each Sentinel says of the master that it watches, for whoever looks at a platform without a gateway. */
import { Effect } from "effect"
import { Redis } from "ioredis"
import type { SentinelOptions } from "./Sentinels.ts"
import { credentials, patienceMs } from "./Sentinels.ts"

/** What one Sentinel says. */
export interface SentinelView {
  /** The Sentinel itself: `host:port`. */
  readonly address: string
  /** Why it says nothing; absent if it answers. */
  readonly fault?: string
  /** Where it has the master, `host:port`; absent where it knows none of this name. */
  readonly master?: string
  /** Replicas of the master that it knows. */
  readonly replicas?: number
  /** The other Sentinels that it knows. */
  readonly others?: number
  /** Why the Sentinels that it reaches couldn't fail over; absent if they could. */
  readonly noQuorum?: string
}

const fieldsOf = (answer: unknown): ReadonlyMap<string, string> => {
  const list = Array.isArray(answer) ? answer.map(String) : []
  return new Map(list.flatMap((it, index) => (index % 2 === 0 ? [[it, list[index + 1] ?? ""] as const] : [])))
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : "it gives no answer")

const look = async (
  client: Redis,
  name: string,
  master: string,
  reason: () => string | undefined
): Promise<SentinelView> => {
  const own = { address: name }
  try {
    await client.connect()
    const answer = await client.call("SENTINEL", "master", master).catch((cause: unknown) => {
      // Of a name that it doesn't know it says so.
      if (messageOf(cause).includes("No such master")) return undefined
      throw cause
    })
    if (answer === undefined) return own
    const fields = fieldsOf(answer)
    const noQuorum = await client.call("SENTINEL", "ckquorum", master).then(() => undefined, messageOf)
    return {
      ...own,
      master: `${fields.get("ip")}:${fields.get("port")}`,
      replicas: Number(fields.get("num-slaves") ?? 0),
      others: Number(fields.get("num-other-sentinels") ?? 0),
      ...(noQuorum === undefined ? {} : { noQuorum })
    }
  } catch (cause) {
    return { ...own, fault: reason() ?? messageOf(cause) }
  } finally {
    client.disconnect()
  }
}

/** Asks all of them at the same time. Never fails, and takes a few seconds at most. */
export const viewOf = (options: SentinelOptions): Effect.Effect<ReadonlyArray<SentinelView>> =>
  Effect.promise(() =>
    Promise.all(
      options.addresses.map((address) => {
        const client = new Redis({
          ...address,
          ...credentials(options),
          ...(options.tls === true ? { tls: {} } : {}),
          lazyConnect: true,
          enableReadyCheck: false,
          maxRetriesPerRequest: 0,
          connectTimeout: patienceMs,
          commandTimeout: patienceMs,
          retryStrategy: () => null,
          disableClientInfo: true
        })
        let reason: string | undefined
        // The reason of a connection that can't be made comes as an event.
        client.on("error", (cause: Error) => {
          reason ??= cause.message
        })
        return look(client, `${address.host}:${address.port}`, options.master, () => reason)
      })
    )
  )
