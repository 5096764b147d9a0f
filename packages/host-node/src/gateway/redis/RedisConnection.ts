/**
 * One connection to Redis, used until anything goes wrong with it and never after that.
 *
 * Every command has a deadline. A command that fails for any reason ends the connection; the next one is opened to
 * wherever the name then leads, or the Sentinels say. Nothing is queued for a connection that may come back.
 */
import type { LookupFunction, Socket } from "node:net"
import { toEffect } from "@galaxy/edge/Awaitable"
import { Deferred, Effect, Random, Redacted, type Scope } from "effect"
import { Redis } from "ioredis"
import * as Deadlines from "../../net/Deadlines.ts"
import { lookupWithin } from "../../net/lookup.ts"
import { fromError, RedisFault } from "./RedisFault.ts"
import * as Sentinels from "./Sentinels.ts"
import * as SharedLookupConnector from "./SharedLookupConnector.ts"

/** An open connection. Its first fault ends it; from then on every command fails as well. */
export interface RedisConnection {
  /** Runs one command, whose failure ends the connection. */
  readonly ask: <A>(command: (redis: Redis) => Promise<A>) => Effect.Effect<Exclude<A, Error>, RedisFault>
  /** The same for plain functions: resolves with the fault. */
  readonly run: <A>(command: (redis: Redis) => Promise<A>) => Promise<A | RedisFault>
  /** Ends the connection for a reason other than a failed command. */
  readonly end: (fault: RedisFault) => void
  /** Waits for the end of the connection, and fails with its reason. */
  readonly lost: Effect.Effect<never, RedisFault>
}

/** Longest time to connect, and for each command, in milliseconds, unless the caller has another. */
const usualDeadlineMs = 1_500
const keepAliveMs = 5_000

/** How long a dropped connection may take to close, in milliseconds. */
const goodbyeMs = 50

/**
 * After a pause of this process the answer may wait unread in the socket: it gets one more look before the deadline
 * counts.
 */
const inTime = <A>(answer: Promise<A>, deadlines: Deadlines.Deadlines): Promise<A> =>
  new Promise((resolve, reject) => {
    const tooLate = () => reject(new Error("the command timed out"))
    const ended = deadlines.begin(() => setImmediate(tooLate))
    answer.then(
      (result) => {
        ended()
        resolve(result)
      },
      (cause: Error) => {
        ended()
        reject(cause)
      }
    )
  })

/**
 * Commands of one moment become one write to the socket. The library's own pipelining sends what comes next only once it
 * has the answers to what went before, which a distant Redis would make felt.
 */
const oneWrite = (redis: Redis): (() => void) => {
  let waits = false
  return () => {
    // Not before it is connected; its type leaves the socket out.
    const { stream } = redis as unknown as { readonly stream?: Socket }
    if (waits || stream === undefined) return
    waits = true
    stream.cork()
    setImmediate(() => {
      waits = false
      stream.uncork()
    })
  }
}

/** Which Redis. Where there are Sentinels, they say where it is, and the URL says only how to speak to it. */
export interface RedisTarget {
  readonly url: Redacted.Redacted
  readonly sentinels?: Sentinels.SentinelOptions | undefined
}

/** Connects once in time, or fails with the reason; the connection ends with the scope. */
export const open = (
  { url, sentinels }: RedisTarget,
  given?: LookupFunction,
  deadlineMs: number = usualDeadlineMs
): Effect.Effect<RedisConnection, RedisFault, Scope.Scope> =>
  Effect.gen(function* () {
    const lookup = given ?? lookupWithin(deadlineMs)
    const share = yield* Random.next
    let found: string | undefined
    const way =
      sentinels === undefined
        ? { Connector: SharedLookupConnector.make(lookup), connectTimeout: deadlineMs }
        : Sentinels.connecting(
            sentinels,
            (address) => {
              found = address
            },
            share
          )
    const ended = Deferred.makeUnsafe<never, RedisFault>()
    const redis = yield* Effect.acquireRelease(
      Effect.sync(
        () =>
          new Redis(Redacted.value(url), {
            ...way,
            lazyConnect: true,
            // For this connection only: its user opens the next one.
            retryStrategy: () => null,
            enableReadyCheck: false,
            enableOfflineQueue: false,
            maxRetriesPerRequest: 0,
            autoResendUnfulfilledCommands: false,
            disconnectTimeout: goodbyeMs,
            keepAlive: keepAliveMs,
            disableClientInfo: true
          })
      ),
      (it) => Effect.sync(() => it.disconnect())
    )
    let reason: RedisFault | undefined
    const end = (fault: RedisFault) => {
      // All commands of a moment may fail together, and each further call would leave a listener at the socket.
      if (reason !== undefined) return
      reason = fault
      Deferred.doneUnsafe(ended, Effect.fail(fault))
      redis.disconnect()
    }
    // The first reason counts; that the connection is closed is reported after it.
    redis.on("error", (error: Error) => end(fromError(error)))
    redis.on("close", () => end(new RedisFault({ kind: "unreachable", why: "Redis has closed the connection" })))

    const together = oneWrite(redis)
    const deadlines = Deadlines.make(deadlineMs)
    const run = async <A>(command: (redis: Redis) => Promise<A>, within = deadlines): Promise<A | RedisFault> => {
      try {
        together()
        return await inTime(command(redis), within)
      } catch (cause) {
        const fault = fromError(cause)
        end(fault)
        // The reason why the connection closed says more than that it is closed.
        return fault.kind === "unreachable" ? (reason ?? fault) : fault
      }
    }
    const ask = <A>(command: (redis: Redis) => Promise<A>) =>
      toEffect(() => run(command)) as Effect.Effect<Exclude<A, Error>, RedisFault>
    if (sentinels === undefined) yield* ask((it) => it.connect())
    else {
      const patience = Deadlines.make(deadlineMs + Sentinels.longestMs(sentinels))
      yield* toEffect(() => run((it) => it.connect(), patience))
      const replaced = Sentinels.replaced(sentinels, () => found)
      yield* Effect.forkScoped(Effect.catch(replaced, (fault) => Effect.sync(() => end(fault))))
    }
    return { ask, run, end, lost: Deferred.await(ended) }
  })
