/**
 * Replay reservations in Redis, shared by all gateways.
 *
 * While Redis can't answer at once, the store refuses. One connection is kept under watch: it is tested with a write
 * every second, dropped at the first fault, and opened again. A Redis that was emptied, replaced or restarted is
 * recognized by its marker (`redis/Marker.ts`), and the store vouches for nothing before that loss.
 */
import { type Awaitable, runIn } from "@galaxy/edge/Awaitable"
import { ReplayStoreUnavailable } from "@galaxy/edge/Refusal"
import {
  type OverBudget,
  ReplayStore,
  type Reservation,
  type ReservationVerdict,
  type SharedTake
} from "@galaxy/edge/ReplayStore"
import * as ClockSteps from "@galaxy/edge/ClockSteps"
import * as LossWatch from "@galaxy/edge/LossWatch"
import { maxSkewMs, passed, vouched } from "@galaxy/edge/VouchedTime"
import { Clock, Deferred, Effect, Layer, Random, Redacted, Schema } from "effect"
import * as Outage from "../logging/Outage.ts"
import { argumentsOf, keysOf, reserveWithin } from "./redis/budgetScript.ts"
import * as Marker from "./redis/Marker.ts"
import * as RedisClock from "./redis/RedisClock.ts"
import * as RedisConnection from "./redis/RedisConnection.ts"
import { RedisFault, sentence } from "./redis/RedisFault.ts"
import * as Sentinels from "./redis/Sentinels.ts"
import * as serverFacts from "./redis/serverFacts.ts"
import { timeSpansOf, timeSpansText } from "./timeSpans.ts"

/** Redis can't be reached at the start. */
export class RedisUnreachable extends Schema.TaggedError<RedisUnreachable>()("RedisUnreachable", {
  message: Schema.String
}) {}

/** Redis may lose reservations silently as it is configured, or refuses the credentials. */
export class RedisUnfit extends Schema.TaggedError<RedisUnfit>()("RedisUnfit", { message: Schema.String }) {}

/** Which Redis, and which keys in it: the same for all gateways of a platform. */
export interface RedisReplayOptions extends RedisConnection.RedisTarget {
  /** The prefix of all keys: gateways with the same prefix share their reservations. */
  readonly prefix?: string
  /** Whether budgets are counted here too, for all gateways together; off by default. */
  readonly budgets?: boolean | undefined
}

/** How often the connection is tested. */
const heartbeat = "1 second"
const firstWaitMs = 50
const longestWaitMs = 500
/** How long a stretch of time in which a clock was ahead is kept in Redis after its end, in milliseconds. */
const keepAheadMs = 60 * 60_000
/** Attempts at a reservation while other gateways keep changing the marker; changes are rare. */
const maxLooks = 3

/** Where it is, without the credentials. */
const placeOf = ({ sentinels, url }: RedisConnection.RedisTarget) => {
  if (sentinels !== undefined) return Sentinels.placeOf(sentinels)
  const { hostname, port } = new URL(Redacted.value(url))
  return `${hostname}:${port || "6379"}`
}

const fault = (kind: RedisFault["kind"], why: string) => Effect.fail(new RedisFault({ kind, why }))

/** Checks the server before anything is asked of it. */
const usable = (facts: serverFacts.ServerFacts): Effect.Effect<void, RedisFault> => {
  if (facts.loading) return fault("refusing", "Redis is loading its data")
  if (facts.isCluster)
    return fault(
      "unfit",
      "Redis is in cluster mode, which isn't supported: use one master with replicas, and Sentinels"
    )
  if (facts.role !== "master") return fault("refusing", "Redis is a replica and takes no writes")
  if (facts.evictionPolicy === "noeviction") return Effect.void
  const policy = facts.evictionPolicy ?? "unknown"
  return fault("unfit", `Redis may evict reservations: its maxmemory-policy is ${policy} and must be noeviction`)
}

/** The failure of a start for this fault; none for one that ends by itself, as a failover does. */
const startFailure = (
  target: RedisConnection.RedisTarget,
  it: RedisFault
): Effect.Effect<void, RedisUnreachable | RedisUnfit> => {
  const message = `Redis at ${placeOf(target)} can't be used: ${sentence(it)}`
  switch (it.kind) {
    case "unreachable":
      return Effect.fail(new RedisUnreachable({ message }))
    case "unfit":
      return Effect.fail(new RedisUnfit({ message }))
    case "refusing":
      return Effect.void
  }
}

/** Connects, looks at the server and leaves it: fails where a store on it couldn't be started. Writes nothing. */
export const probe = (target: RedisConnection.RedisTarget): Effect.Effect<void, RedisUnreachable | RedisUnfit> =>
  Effect.scoped(
    Effect.gen(function* () {
      const connection = yield* RedisConnection.open(target)
      yield* usable(serverFacts.parse(yield* connection.ask((redis) => redis.info())))
    })
  ).pipe(Effect.catch((it) => startFailure(target, it)))

type Verdict = ReservationVerdict | OverBudget | ReplayStoreUnavailable

/** What the script of a reservation says. */
const verdictOf = (said: unknown, takes: ReadonlyArray<SharedTake>): ReservationVerdict | OverBudget | "look" => {
  if (said === 1) return "first"
  if (said === 0) return "repeated"
  if (!Array.isArray(said)) return "look"
  const [at, retryAfterMs] = said as ReadonlyArray<unknown>
  return { over: takes[Number(at) - 1]?.kind ?? "session", retryAfterMs: Math.max(1, Number(retryAfterMs)) }
}

const none: ReadonlyArray<SharedTake> = []

/** A connection in use, and the marker under which reservations are made on it. */
interface Held {
  readonly connection: RedisConnection.RedisConnection
  marker: Marker.Marker
}

/**
 * Connects first. Fails with `RedisUnreachable` or `RedisUnfit`; a Redis that refuses for the moment, as during a
 * failover, is no reason to fail, and requests are refused until it recovers.
 */
export const layer = (options: RedisReplayOptions): Layer.Layer<ReplayStore, RedisUnreachable | RedisUnfit> =>
  Layer.effect(
    ReplayStore,
    Effect.gen(function* () {
      const prefix = options.prefix ?? "galaxy:replay:"
      const clock = yield* Clock.Clock
      const run = runIn(yield* Effect.context())
      const outage = Outage.make({ lost: "the replay store is lost", back: "the replay store is back" })
      let held: Held | undefined
      let away = "Redis can't be reached"
      /** These outlive the connection: the marker known last, and when this gateway last reserved something. */
      let known = ""
      let lastReservedAt = 0

      const watch = LossWatch.make({ lostAtMs: undefined, ahead: [] })
      const redisClock = RedisClock.make()
      /** A clock was set, and the marker doesn't say so yet. */
      let unsaid = false

      /** Reads this gateway's clocks. After a step back nothing is reserved before the marker tells of it. */
      const clockNow = (): number => {
        const now = ClockSteps.readOf(clock)
        if (watch.look(now)) {
          unsaid = true
          // What was reserved ahead of this time is among the stretches.
          lastReservedAt = Math.min(lastReservedAt, now.wall)
        }
        return now.wall
      }

      const ask = Effect.fnUntraced(function* (connection: RedisConnection.RedisConnection, identity: string) {
        const now = clockNow()
        const { ahead } = watch.losses()
        const says = unsaid
        const [text, change, spans, time, before] = (yield* connection.ask((redis) =>
          redis.eval(
            Marker.adoptScript,
            3,
            `${prefix}marker`,
            `${prefix}probe`,
            `${prefix}ahead`,
            identity,
            crypto.randomUUID(),
            now,
            known,
            lastReservedAt,
            maxSkewMs,
            says ? 1 : 0,
            timeSpansText(ahead),
            Math.max(0, ...ahead.map((it) => it.to - now)) + keepAheadMs
          )
        )) as [string, Marker.MarkerChange, string, string, string]
        if (says) unsaid = false
        watch.add(timeSpansOf(spans), now)
        if (redisClock.wentAhead(Number(time), clockNow())) unsaid = true
        const latest = Number(before)
        if (known === "" && latest > now + maxSkewMs) {
          // Before this start a gateway's clock was ahead; since when isn't known.
          watch.add([{ from: latest - ClockSteps.longestMs, to: latest }], now)
          unsaid = true
        }
        return { text, change }
      })

      /** Tests the server with a write, and learns its marker. */
      const adopt = Effect.fnUntraced(function* (connection: RedisConnection.RedisConnection) {
        const facts = serverFacts.parse(yield* connection.ask((redis) => redis.info()))
        yield* Effect.tapError(usable(facts), (it) => Effect.sync(() => connection.end(it)))
        for (let looks = 0; looks < maxLooks; looks++) {
          const { text, change } = yield* ask(connection, facts.identity)
          const marker = Marker.parse(text)
          if (text !== known) {
            const fresh = known === "" && change === "kept"
            known = text
            if (!fresh) {
              yield* Effect.logWarning(
                "reservations may have been lost: requests signed before the loss are refused"
              ).pipe(Effect.annotateLogs({ change, lost_at: new Date(marker.lostAtMs).toISOString() }))
            }
          }
          if (!unsaid) return marker
        }
        return yield* new RedisFault({
          kind: "refusing",
          why: "the clocks of Redis and of this gateway keep being set"
        })
      })

      const look = (it: Held) =>
        Effect.map(adopt(it.connection), (marker) => {
          it.marker = marker
        })

      /** One connection from its beginning to its end. */
      const connection = (begun: Effect.Effect<unknown>) =>
        Effect.scoped(
          Effect.gen(function* () {
            const opened = yield* RedisConnection.open(options)
            const current: Held = { connection: opened, marker: yield* adopt(opened) }
            yield* Effect.acquireRelease(
              Effect.sync(() => {
                held = current
              }),
              () =>
                Effect.sync(() => {
                  held = undefined
                })
            )
            yield* begun
            const beats = Effect.forever(Effect.andThen(Effect.sleep(heartbeat), look(current)))
            return yield* Effect.raceFirst(opened.lost, beats)
          })
        )

      const first = yield* Deferred.make<void, RedisFault>()
      let failures = 0
      const attend = Effect.gen(function* () {
        const begun = Effect.andThen(
          Effect.sync(() => {
            failures = 0
          }),
          Effect.andThen(outage.over, Deferred.succeed(first, undefined))
        )
        yield* connection(begun).pipe(
          Effect.catch((why) => {
            away = why.why
            return Effect.andThen(outage.begun(sentence(why)), Deferred.fail(first, why))
          })
        )
        const share = yield* Random.next
        yield* Effect.sleep((0.5 + share / 2) * Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures++, 8)))
      })
      yield* Effect.forkScoped(Effect.forever(attend))
      yield* Deferred.await(first).pipe(
        // Requests are refused until it recovers, and the probe says why.
        Effect.catch((it) => startFailure(options, it))
      )

      const lossesOf = ({ marker }: Held) => ({ lostAtMs: marker.lostAtMs, ahead: watch.losses().ahead })

      const unavailable = ({ why }: RedisFault) => new ReplayStoreUnavailable({ why })

      /** Reads the marker anew. */
      const looked = (it: Held) => run(Effect.asVoid(look(it)))

      /** One attempt at `now`; `look` when the marker or the clock of Redis isn't the one that is known. */
      const attempt = (
        it: Held,
        reservation: Reservation,
        takes: ReadonlyArray<SharedTake>,
        now: number
      ): Awaitable<Verdict | RedisFault | "look"> => {
        const losses = lossesOf(it)
        const early = passed(losses, reservation.futureMs, now)
        if (early !== undefined) return early
        if (!vouched(losses, reservation)) return "unvouched"
        watch.reserves(reservation.ttlMs)
        lastReservedAt = Math.max(lastReservedAt, now)
        const keys = [
          `${prefix}marker`,
          `${prefix}${reservation.deviceSessionId}:${reservation.requestId}`,
          ...keysOf(prefix, takes)
        ]
        const args = [it.marker.text, reservation.ttlMs, redisClock.latest(now), ...argumentsOf(takes)]
        const script = takes.length === 0 ? Marker.reserve : reserveWithin
        const answer = it.connection.run((redis) => script(redis, keys, args))
        return answer.then((said) => (said instanceof RedisFault ? said : verdictOf(said, takes)))
      }

      const reserve = async (reservation: Reservation, takes: ReadonlyArray<SharedTake>): Promise<Verdict> => {
        for (let looks = 0; looks < maxLooks; looks++) {
          const it = held
          if (it === undefined) return new ReplayStoreUnavailable({ why: away })
          const now = clockNow()
          const first = unsaid ? await looked(it) : undefined
          const verdict = first ?? (await attempt(it, reservation, takes, now))
          if (verdict instanceof RedisFault) return unavailable(verdict)
          if (verdict !== "look") return verdict
          const fault = await looked(it)
          if (fault !== undefined) return unavailable(fault)
        }
        return new ReplayStoreUnavailable({ why: "the marker in Redis keeps changing" })
      }

      return ReplayStore.of({
        // Without buckets nothing can be over budget.
        reserve: async (reservation) => (await reserve(reservation, none)) as Exclude<Verdict, OverBudget>,
        ...(options.budgets === true ? { reserveWithin: reserve } : {}),
        ready: (futureMs) =>
          Effect.gen(function* () {
            const it = held
            if (it === undefined) return yield* new ReplayStoreUnavailable({ why: away })
            yield* Effect.mapError(look(it), unavailable)
            const early = passed(lossesOf(it), futureMs, clockNow())
            if (early !== undefined) return yield* early
          })
      })
    })
  )
