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
    /** The rate that `take` grants, for whoever counts elsewhere. */
    rate(kind: BudgetKind, messageType?: string): Rate
  }
>()("@galaxy/edge/Budgets") {}

/** Tokens that were taken of a bucket. */
export interface Taken {
  readonly kind: BudgetKind
  readonly key: string
  /** As it was given to `take`. */
  readonly messageType?: string | undefined
  readonly tokens: number
}

/**
 * Others who grant the same requests, such as further processes of one gateway. Each has all buckets and tells from time to time
 * what it has taken, so that rates hold for all together. Together they can exceed the burst by a quarter, and by what is taken
 * while word is on its way. Whoever comes to one of them alone notices nothing.
 */
export interface SharedBudgets {
  /** How many they are, with this one. */
  readonly holders: number
  /** Tells the others. Must not throw. */
  readonly tell: (taken: Taken) => void
  /** Calls back with what others have told, for as long as this process runs. */
  readonly hear: (each: (taken: Taken) => void) => void
}

interface Bucket {
  /**
   * Thousandths of a token: any whole rate per second adds whole ones each millisecond, so rounding loses nothing. Less than
   * nothing where others have taken more than there was.
   */
  millis: number
  at: number
  /** Tokens that were taken here and that the others don't know of. */
  untold: number
}

const token = 1_000

/** The part of a burst that all holders together may take before they tell of it. */
const untoldShare = 1 / 4

/** Buckets in the memory of this process; options that are left out take their defaults. */
export const layer = (options: Partial<BudgetOptions> = {}, shared?: SharedBudgets): Layer.Layer<Budgets> =>
  Layer.effect(
    Budgets,
    Effect.map(Clock.Clock, (clock) => {
      const reservations = reservationsOf(options.session ?? defaults.session)
      const settings = { ...defaults, reservations, ...options }
      const ofTypes = new Map(Object.entries(settings.messageTypes))
      const rateOf = (kind: BudgetKind, messageType?: string): Rate =>
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
      const settled = (
        own: Map<string, Bucket>,
        key: string,
        known: Bucket | undefined,
        millis: number,
        at: number
      ) => {
        const bucket = known ?? { millis, at, untold: 0 }
        bucket.millis = millis
        bucket.at = at
        // The last used goes to the end: the first is the one to drop.
        own.delete(key)
        own.set(key, bucket)
        const oldest = own.size > settings.capacity ? own.keys().next().value : undefined
        if (oldest !== undefined) own.delete(oldest)
        return bucket
      }
      shared?.hear(({ kind, key, messageType, tokens }) => {
        const now = monotonicMillisOf(clock)
        const rate = rateOf(kind, messageType)
        const own = of(kind)
        const known = own.get(key)
        // No more than a burst is owed: a mistake of others must not shut anybody out.
        const left = Math.max(-rate.burst * token, holding(rate, known, now) - tokens * token)
        settled(own, key, known, left, now)
      })
      const limited = ({ perSecond }: Rate, millis: number) =>
        new RateLimited({ retryAfterMs: Math.ceil((token - millis) / perSecond) })
      return Budgets.of({
        rate: rateOf,
        take: (kind, key, messageType) => {
          const now = monotonicMillisOf(clock)
          const rate = rateOf(kind, messageType)
          const own = of(kind)
          const bucket = own.get(key)
          const millis = holding(rate, bucket, now)
          const isGranted = millis >= token
          const after = settled(own, key, bucket, isGranted ? millis - token : millis, now)
          if (shared !== undefined && isGranted) {
            after.untold += 1
            if (after.untold >= (rate.burst * untoldShare) / shared.holders) {
              shared.tell({ kind, key, messageType, tokens: after.untold })
              after.untold = 0
            }
          }
          return isGranted ? undefined : limited(rate, millis)
        },
        check: (kind, key) => {
          const rate = settings[kind]
          const millis = holding(rate, of(kind).get(key), monotonicMillisOf(clock))
          return millis >= token ? undefined : limited(rate, millis)
        }
      })
    })
  )
