/**
 * Sentinels: the processes that know which Redis is the master, and that promote a replica when it dies.
 *
 * Each connection asks one of them where the master is. While it is open, all are asked once a second: a master that is cut off
 * from them goes on answering, but isn't the master any more once most of them name another.
 */
import { Effect, Redacted, type Scope } from "effect"
import { Redis } from "ioredis"
import { RedisFault } from "./RedisFault.ts"

/** Which Sentinels, and how they call the master. */
export interface SentinelOptions {
  readonly addresses: ReadonlyArray<{ readonly host: string; readonly port: number }>
  /** The name under which they watch the master. */
  readonly master: string
  readonly username?: string | undefined
  readonly password?: Redacted.Redacted | undefined
  /** Whether they speak TLS. */
  readonly tls?: boolean | undefined
}

/** Longest time to connect to a Sentinel, and for its answer, in milliseconds. */
export const patienceMs = 700
const everyMs = 1_000

/** How to sign in at a Sentinel, in the words of ioredis. */
export const credentials = ({ username, password }: SentinelOptions) => ({
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password: Redacted.value(password) })
})

/** For the log: where they are, and the master's name. */
export const placeOf = ({ addresses, master }: SentinelOptions): string =>
  `${master} of the Sentinels ${addresses.map(({ host, port }) => `${host}:${port}`).join(", ")}`

/** How long it may take to ask all of them where the master is, in milliseconds. */
export const longestMs = ({ addresses }: SentinelOptions): number => addresses.length * 2 * patienceMs

/**
 * What ioredis needs to connect to the master. Those who connect are spread over the Sentinels, so that one that is gone delays few.
 * `found` gets the address that was named.
 */
export const connecting = (options: SentinelOptions, found: (address: string) => void, share: number) => {
  const { addresses } = options
  const first = Math.floor(share * addresses.length)
  const { password, username } = credentials(options)
  return {
    sentinels: [...addresses.slice(first), ...addresses.slice(0, first)],
    name: options.master,
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    ...(options.tls === true ? { sentinelTLS: {} } : {}),
    enableTLSForSentinelMode: true,
    // Others than those that were configured are nobody's to trust.
    updateSentinels: false,
    // The next connection asks again.
    sentinelRetryStrategy: () => null,
    sentinelCommandTimeout: patienceMs,
    connectTimeout: patienceMs,
    natMap: (address: string) => {
      found(address)
      return null
    }
  }
}

/** A connection to one Sentinel, which is opened again for as long as the scope lives. */
const asked = (options: SentinelOptions, address: { readonly host: string; readonly port: number }) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const client = new Redis({
        ...address,
        ...credentials(options),
        ...(options.tls === true ? { tls: {} } : {}),
        enableReadyCheck: false,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 0,
        connectTimeout: patienceMs,
        commandTimeout: patienceMs,
        retryStrategy: () => everyMs,
        disableClientInfo: true
      })
      // One that is away names nobody.
      client.on("error", () => undefined)
      return client
    }),
    (it) => Effect.sync(() => it.disconnect())
  )

const masterBy = async (client: Redis, master: string): Promise<string | undefined> => {
  try {
    const answer = await client.call("SENTINEL", "get-master-addr-by-name", master)
    return Array.isArray(answer) ? `${answer[0]}:${answer[1]}` : undefined
  } catch {
    return undefined
  }
}

/** Waits until most of the Sentinels name another master than this address, and fails then. */
export const replaced = (
  options: SentinelOptions,
  address: () => string | undefined
): Effect.Effect<never, RedisFault, Scope.Scope> =>
  Effect.gen(function* () {
    const clients = yield* Effect.forEach(options.addresses, (it) => asked(options, it))
    for (;;) {
      yield* Effect.sleep(everyMs)
      const named = yield* Effect.promise(() => Promise.all(clients.map((it) => masterBy(it, options.master))))
      const own = address()
      const others = named.filter((it) => it !== undefined && it !== own)
      if (others.length * 2 > clients.length)
        return yield* new RedisFault({ kind: "refusing", why: "the Sentinels have made another Redis the master" })
    }
  })
