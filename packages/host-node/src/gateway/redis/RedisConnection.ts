/**
 * One connection to Redis that is used until anything goes wrong with it, and never after that.
 *
 * Every command has a deadline. A command that fails, for whatever reason, ends the connection: the next one is made
 * anew, to wherever the name leads by then. Nothing is queued for a connection that may come back.
 */
import { Deferred, Effect, Redacted, type Scope } from "effect"
import { Redis } from "ioredis"
import { fromError, RedisFault } from "./RedisFault.ts"

export interface RedisConnection {
  /** One command. Its failure ends the connection. */
  readonly ask: <A>(command: (redis: Redis) => Promise<A>) => Effect.Effect<A, RedisFault>
  /** Ends the connection for a reason that no command told. */
  readonly end: (fault: RedisFault) => void
  /** Waits for the end of the connection, and fails with its reason. */
  readonly lost: Effect.Effect<never, RedisFault>
}

/** Longest time for a connection, and for each command. */
const deadlineMs = 1_500
const keepAliveMs = 5_000

/** How long a connection that is thrown away may take to say goodbye. */
const goodbyeMs = 50

/**
 * After a moment in which this process itself stood still, the answer may lie in the socket, unread: it is looked at once
 * more before the deadline counts.
 */
const inTime = <A>(answer: Promise<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    const tooLate = () => reject(new Error("the command timed out"))
    const timer = setTimeout(() => setImmediate(tooLate), deadlineMs)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })

export const open = (url: Redacted.Redacted): Effect.Effect<RedisConnection, RedisFault, Scope.Scope> =>
  Effect.gen(function* () {
    const ended = Deferred.makeUnsafe<never, RedisFault>()
    const redis = yield* Effect.acquireRelease(
      Effect.sync(
        () =>
          new Redis(Redacted.value(url), {
            lazyConnect: true,
            // This connection only: the next is made by whoever uses this one.
            retryStrategy: () => null,
            enableReadyCheck: false,
            enableOfflineQueue: false,
            maxRetriesPerRequest: 0,
            autoResendUnfulfilledCommands: false,
            connectTimeout: deadlineMs,
            disconnectTimeout: goodbyeMs,
            keepAlive: keepAliveMs,
            disableClientInfo: true
          })
      ),
      (it) => Effect.sync(() => it.disconnect())
    )
    const end = (fault: RedisFault) => {
      Deferred.doneUnsafe(ended, Effect.fail(fault))
      redis.disconnect()
    }
    // The first reason is the one that counts; that the connection is closed comes after it.
    redis.on("error", (error: Error) => end(fromError(error)))
    redis.on("close", () => end(new RedisFault({ kind: "unreachable", why: "Redis has closed the connection" })))

    const ask = <A>(command: (redis: Redis) => Promise<A>) =>
      Effect.tryPromise({ try: () => inTime(command(redis)), catch: fromError }).pipe(
        Effect.tapError((fault) => Effect.sync(() => end(fault))),
        // What closed the connection says more than that it is closed.
        Effect.catch((fault) => (fault.kind === "unreachable" ? Deferred.await(ended) : Effect.fail(fault)))
      )
    yield* ask((it) => it.connect())
    return { ask, end, lost: Deferred.await(ended) }
  })
