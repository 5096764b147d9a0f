/**
 * Delivers notifications by the channels of the embedding program, at least once each.
 *
 * Every channel has a loop of its own, so one that hangs delays no other. What it refuses for good, or too often, is a
 * dead letter; it is logged once.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime, Duration, Effect, Exit, Layer, Queue, Random } from "effect"
import { SqlClient } from "effect/sql"
import { AccountStore } from "../../account/AccountStore.ts"
import * as BackgroundLoop from "../../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../../shared/BackgroundLoops.ts"
import { DatabaseSignal } from "../../shared/DatabaseSignal.ts"
import { StorageError } from "../../shared/StorageError.ts"
import { Standing } from "../../standing/Standing.ts"
import { type Channel, ChannelDeferred, type Channels } from "./Channel.ts"
import * as ChannelQueue from "./ChannelQueue.ts"

/** Pace and bounds of the loops. `lease` must be longer than `sendTimeout`. */
export interface ChannelWorkerOptions {
  readonly pollInterval: Duration.Input
  /** Deliveries of one channel under way at once. */
  readonly concurrency: number
  /** Longest time for one attempt. */
  readonly sendTimeout: Duration.Input
  /** After this time the delivery of a worker that died is tried again. */
  readonly lease: Duration.Input
  /** After so many attempts the delivery is given up. */
  readonly maxAttempts: number
  /** The wait after the first failure; it doubles with each further one, up to the longest. */
  readonly firstBackoff: Duration.Input
  readonly longestBackoff: Duration.Input
}

/** The times of mails. */
export const defaults: ChannelWorkerOptions = {
  pollInterval: "5 seconds",
  concurrency: 8,
  sendTimeout: "30 seconds",
  lease: "45 seconds",
  maxAttempts: 10,
  firstBackoff: "5 seconds",
  longestBackoff: "30 minutes"
}

const run = Effect.fnUntraced(function* (channels: Channels, given: Partial<ChannelWorkerOptions>) {
  const options = { ...defaults, ...given }
  const sql = yield* SqlClient.SqlClient
  const signal = yield* DatabaseSignal
  const accounts = yield* AccountStore
  const standing = yield* Standing
  const longest = Duration.fromInputUnsafe(options.longestBackoff)
  const first = Duration.fromInputUnsafe(options.firstBackoff)

  /** The wait before the next attempt, shortened at random by up to half. */
  const wait = (attempts: number) =>
    Effect.map(Random.next, (share) =>
      Duration.times(Duration.min(longest, Duration.times(first, 2 ** Math.min(attempts - 1, 30))), 1 - share / 2)
    )

  const failed = Effect.fnUntraced(function* (
    { attempts }: ChannelQueue.Claim,
    reason: string
  ): Effect.fn.Return<ChannelQueue.Settlement> {
    if (attempts >= options.maxAttempts) return { status: "dead_lettered", reason }
    const at = DateTime.addDuration(yield* DateTime.now, yield* wait(attempts))
    return { status: "retrying", reason, at: DateTime.toDateUtc(at) }
  })

  const contactOf = Effect.fnUntraced(function* (userId: UserId) {
    if (!(yield* standing.active([userId])).has(userId)) return undefined
    return (yield* accounts.contacts([userId]))[0]
  })

  const attempt = Effect.fnUntraced(function* (
    send: Channel,
    claim: ChannelQueue.Claim
  ): Effect.fn.Return<ChannelQueue.Settlement, StorageError> {
    // Only workers that died during their attempts let it come this far.
    if (claim.attempts > options.maxAttempts) return { status: "dead_lettered", reason: "attempts exhausted" }
    const user = yield* contactOf(claim.userId)
    if (user === undefined) return { status: "skipped", reason: "recipient gone" }
    const { deliveryId, kind, key, payload, attempts } = claim
    return yield* send({ deliveryId, kind, key, payload, user, attempt: attempts }).pipe(
      Effect.timeoutOrElse({
        duration: options.sendTimeout,
        orElse: () => Effect.fail(new ChannelDeferred({ reason: "timeout" }))
      }),
      Effect.as<ChannelQueue.Settlement>({ status: "sent" }),
      Effect.catchTag("ChannelRejected", ({ reason }) =>
        Effect.succeed<ChannelQueue.Settlement>({ status: "dead_lettered", reason })
      ),
      Effect.catchTag("ChannelDeferred", ({ reason }) => failed(claim, reason))
    )
  })

  const deliver = (channel: string, send: Channel) => (claim: ChannelQueue.Claim) =>
    Effect.gen(function* () {
      const settlement = yield* attempt(send, claim)
      const stood = yield* StorageError.refail(ChannelQueue.settle(sql, claim, settlement, yield* DateTime.nowAsDate))
      if (stood && settlement.status === "dead_lettered") {
        yield* Effect.annotateLogs(Effect.logWarning("a delivery by a channel was given up"), {
          reason: settlement.reason,
          attempts: claim.attempts
        })
      }
    }).pipe(Effect.annotateLogs({ channel, delivery_id: claim.deliveryId, kind: claim.kind }))

  const pass = (channel: string, send: Channel) =>
    Effect.gen(function* () {
      const now = yield* DateTime.now
      const until = DateTime.addDuration(now, options.lease)
      const claims = yield* StorageError.refail(
        ChannelQueue.claim(sql, {
          channel,
          now: DateTime.toDateUtc(now),
          until: DateTime.toDateUtc(until),
          latest: DateTime.toDateUtc(DateTime.addDuration(until, longest)),
          limit: options.concurrency
        })
      )
      // A delivery that fails interrupts no other, which may have been sent already. The pass fails when all have ended.
      const ends = yield* Effect.forEach(claims, (claim) => Effect.exit(deliver(channel, send)(claim)), {
        concurrency: "unbounded"
      })
      yield* Exit.asVoidAll(ends)
      // There may be more that are due.
      return claims.length > 0 ? Duration.zero : undefined
    })

  for (const [channel, send] of Object.entries(channels)) {
    const name = `channel ${channel}`
    const wake = yield* Queue.sliding<void>(1)
    yield* BackgroundLoop.wakenBy(name, signal.signals("galaxy_channels"), Queue.offer(wake, undefined))
    yield* BackgroundLoop.start({
      name,
      pass: pass(channel, send),
      every: options.pollInterval,
      deadline: Duration.sum(Duration.fromInputUnsafe(options.sendTimeout), Duration.seconds(10)),
      wake: Queue.take(wake)
    })
  }
})

/** Building it starts a loop for each channel; closing its scope ends them. */
export const layer = (
  channels: Channels,
  options: Partial<ChannelWorkerOptions> = {}
): Layer.Layer<never, never, SqlClient.SqlClient | DatabaseSignal | AccountStore | Standing | BackgroundLoops> =>
  Layer.effectDiscard(run(channels, options))
