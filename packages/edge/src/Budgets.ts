/**
 * How many requests an address, a session, a user or a message type may make: a token bucket each.
 *
 * Buckets are refilled by the monotonic clock. Memory is bounded: the least recently used buckets are dropped first. Dropping one can only give tokens back.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { monotonicMillisOf } from "./monotonicMillis.ts"
import { RateLimited } from "./Refusal.ts"

/** A token bucket holds at most `burst` tokens and is refilled with `perSecond`. */
export interface Rate {
  /** Requests that may come at once after a pause. */
  readonly burst: number
  readonly perSecond: number
}

/**
 * The rate of each kind of budget. `ip` to `messageType` are step 9 of wire.md, `failuresIp` and `failuresUser` are
 * step 0, `repeats` and `reservations` stand around steps 7 and 8, and the `public` ones guard the sign-in routes.
 */
export interface BudgetOptions {
  readonly ip: Rate
  readonly session: Rate
  readonly user: Rate
  /** Of one session, per message type. */
  readonly messageType: Rate
  /** The same of single message types, where theirs is another. */
  readonly messageTypes: Readonly<Record<string, Rate>>
  /** Failed verifications of one address; only failures are counted. */
  readonly failuresIp: Rate
  /** The same on all connections that requests of one user have made trusted. */
  readonly failuresUser: Rate
  /** Stale and repeated requests of one session from one network that were signed right. */
  readonly repeats: Rate
  /** Reserved request ids of one session; by default they follow from `session`. */
  readonly reservations: Rate
  /** Sign-in routes, per address. */
  readonly publicIp: Rate
  /** Sign-in routes, per source network and e-mail address or challenge. */
  readonly publicIdentity: Rate
  /** Buckets remembered per kind. */
  readonly capacity: number
}

/** How long a reservation lives by default, in seconds. */
const reservationSeconds = 80

/**
 * What a session can reserve within its budget while a reservation lives. The budget itself comes after the reservation
 * (step 9); only a session that goes on beyond it meets this bound.
 */
const reservationsOf = ({ burst, perSecond }: Rate): Rate => ({
  burst: Math.max(256, burst + perSecond * reservationSeconds),
  perSecond
})

/** The rates that apply where nothing is configured. */
export const defaults: BudgetOptions = {
  ip: { burst: 400, perSecond: 100 },
  session: { burst: 120, perSecond: 30 },
  user: { burst: 240, perSecond: 60 },
  messageType: { burst: 60, perSecond: 20 },
  messageTypes: {},
  failuresIp: { burst: 500, perSecond: 5 },
  failuresUser: { burst: 100, perSecond: 1 },
  repeats: { burst: 240, perSecond: 5 },
  reservations: reservationsOf({ burst: 120, perSecond: 30 }),
  publicIp: { burst: 30, perSecond: 0.5 },
  publicIdentity: { burst: 12, perSecond: 0.1 },
  capacity: 100_000
}

/** What a request is counted against. Buckets of different kinds are independent, even under the same key. */
export type BudgetKind = Exclude<keyof BudgetOptions, "capacity" | "messageTypes">

/**
 * Token buckets by kind and key. Both operations return `RateLimited` where there is no token; its `retryAfterMs` is the
 * time until one is back.
 */
export class Budgets extends Context.Service<
  Budgets,
  {
    /**
     * Takes one token, or returns the time until there is one. `messageType` may have a rate of its own; a key has always
     * the same.
     */
    take(kind: BudgetKind, key: string, messageType?: string): RateLimited | undefined
    /** Takes none; returns what `take` would. */
    check(kind: BudgetKind, key: string): RateLimited | undefined
  }
>()("@galaxy/edge/Budgets") {}

interface Bucket {
  /** Thousandths of a token: any whole rate per second adds whole ones each millisecond, so rounding loses nothing. */
  millis: number
  at: number
}

const token = 1_000

/** Buckets in the memory of this process alone; options that are left out take their defaults. */
export const layer = (options: Partial<BudgetOptions> = {}): Layer.Layer<Budgets> =>
  Layer.effect(
    Budgets,
    Effect.map(Clock.Clock, (clock) => {
      const reservations = reservationsOf(options.session ?? defaults.session)
      const settings = { ...defaults, reservations, ...options }
      const ofTypes = new Map(Object.entries(settings.messageTypes))
      const rateOf = (kind: BudgetKind, messageType: string | undefined): Rate =>
        (messageType === undefined ? undefined : ofTypes.get(messageType)) ?? settings[kind]
      const buckets = new Map<BudgetKind, Map<string, Bucket>>()
      const of = (kind: BudgetKind) => {
        const known = buckets.get(kind)
        if (known !== undefined) return known
        const own = new Map<string, Bucket>()
        buckets.set(kind, own)
        return own
      }
      /** What a bucket holds at `now`, in thousandths of a token; one that isn't there is full. */
      const holding = ({ burst, perSecond }: Rate, bucket: Bucket | undefined, now: number) =>
        bucket === undefined ? burst * token : Math.min(burst * token, bucket.millis + (now - bucket.at) * perSecond)
      const limited = ({ perSecond }: Rate, millis: number) =>
        new RateLimited({ retryAfterMs: Math.ceil((token - millis) / perSecond) })
      return Budgets.of({
        take: (kind, key, messageType) => {
          const now = monotonicMillisOf(clock)
          const rate = rateOf(kind, messageType)
          const own = of(kind)
          const bucket = own.get(key)
          const millis = holding(rate, bucket, now)
          const left = millis >= token ? millis - token : millis
          // The last used goes to the end: the first is the one to drop.
          own.delete(key)
          if (bucket === undefined) own.set(key, { millis: left, at: now })
          else {
            bucket.millis = left
            bucket.at = now
            own.set(key, bucket)
          }
          const oldest = own.size > settings.capacity ? own.keys().next().value : undefined
          if (oldest !== undefined) own.delete(oldest)
          return millis >= token ? undefined : limited(rate, millis)
        },
        check: (kind, key) => {
          const rate = settings[kind]
          const millis = holding(rate, of(kind).get(key), monotonicMillisOf(clock))
          return millis >= token ? undefined : limited(rate, millis)
        }
      })
    })
  )
