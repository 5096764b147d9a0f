/**
 * Drains the outbox: claims due deliveries, hands them to the transport outside any transaction, and settles the
 * outcome.
 *
 * At least once: a mail is sent again only when its worker ended between the relay's answer and the commit, and then
 * under the same Message-ID. No domain and no retries can take all slots, so bad mails don't hold up good ones.
 */
import type { DeliveryId } from "@galaxy/contract/ids/Ids"
import { counter } from "@galaxy/contract/telemetry/instruments"
import {
  Cause,
  Clock,
  DateTime,
  Duration,
  Effect,
  Exit,
  FiberSet,
  Layer,
  Metric,
  Queue,
  Random,
  Result,
  Schema
} from "effect"
import { SqlClient } from "effect/sql"
import * as BackgroundLoop from "../shared/BackgroundLoop.ts"
import type { BackgroundLoops } from "../shared/BackgroundLoops.ts"
import { clockSlack } from "../shared/clockSlack.ts"
import { DatabaseSignal } from "../shared/DatabaseSignal.ts"
import { failureFields } from "../shared/failureFields.ts"
import { StorageError } from "../shared/StorageError.ts"
import type { DeadLettered } from "./DeliveryFate.ts"
import { Content, type DeadLetterReason, isSecret } from "./Mail.ts"
import * as MailQueue from "./MailQueue.ts"
import { type Accepted, MailDeferred, type MailRejected, MailTransport } from "./MailTransport.ts"
import { SecretBox } from "./SecretBox.ts"

/** Limits and times of one worker. `lease` must be longer than `sendTimeout`: otherwise building the layer dies. */
export interface MailWorkerOptions {
  /** Sender of every mail such as `Galaxy <galaxy@example.org>`. */
  readonly from: string
  /** How often to look for due mails without having been woken. */
  readonly pollInterval?: Duration.Input
  /** Mails under way at once. Those tried before take at most half, rounded up. */
  readonly concurrency?: number
  readonly concurrencyPerDomain?: number
  /** Longest time for one attempt. */
  readonly sendTimeout?: Duration.Input
  /** After this time, another worker tries a delivery whose worker died; longer than `sendTimeout`. */
  readonly lease?: Duration.Input
  /** After so many attempts the delivery is given up. */
  readonly maxAttempts?: number
  /**
   * The wait after the first failure doubles with each further one, up to the longest, and is shortened at random by up
   * to half.
   */
  readonly firstBackoff?: Duration.Input
  readonly longestBackoff?: Duration.Input
  /** How long a stopping worker waits for mails under way before it interrupts them. */
  readonly shutdownGrace?: Duration.Input
  /** Runs in the transaction that gives a delivery up. */
  readonly onDeadLetter?: (letter: DeadLettered) => Effect.Effect<void, StorageError>
}

const defaults = {
  pollInterval: "5 seconds",
  concurrency: 8,
  concurrencyPerDomain: 3,
  sendTimeout: "30 seconds",
  // With a poll, less than a minute until the mail of a worker that died is tried again.
  lease: "45 seconds",
  maxAttempts: 10,
  firstBackoff: "5 seconds",
  longestBackoff: "30 minutes",
  shutdownGrace: "3 seconds",
  onDeadLetter: () => Effect.void
} as const satisfies Omit<MailWorkerOptions, "from">

/**
 * Mails given up since the start of the process, by template and reason. Each is also a warning in the log, with the id
 * under which operators find the delivery and its attempts.
 */
export const givenUp = Metric.counter("galaxy_mails_given_up", {
  description: "Mails that were given up: rejected, expired or tried too often",
  incremental: true
})

const attempted = counter("galaxy.mail.attempts")

const contentJson = Schema.fromJsonString(Content)
const utf8 = new TextDecoder()

/** The worker was held up for so long that its lease may end before the relay has answered. */
class LeaseRunsOut extends Schema.TaggedError<LeaseRunsOut>()("LeaseRunsOut", {}) {}

/** How long free slots wait for more of them before they are filled. */
const moment = "5 millis"

/** Longest time for claiming what is due. */
const claimDeadline = "10 seconds"

/** Longest wait between two tries to store an outcome. */
const longestSettleWait = Duration.seconds(10)

/** A claim and the monotonic time before it was made, in nanoseconds. */
interface Held {
  readonly claim: MailQueue.Claim
  readonly since: bigint
}

/** The wait before the next attempt, before it is shortened at random. */
const backoff = (attempts: number, first: Duration.Duration, longest: Duration.Duration): Duration.Duration =>
  Duration.min(longest, Duration.times(first, 2 ** Math.min(attempts - 1, 30)))

const run = Effect.fnUntraced(function* (given: MailWorkerOptions) {
  const options = { ...defaults, ...given }
  const millis = (input: Duration.Input) => Duration.toMillis(Duration.fromInputUnsafe(input))
  const first = Duration.fromInputUnsafe(options.firstBackoff)
  const longest = Duration.fromInputUnsafe(options.longestBackoff)
  if (millis(options.lease) <= millis(options.sendTimeout)) {
    return yield* Effect.die(new Error("MailWorker needs a lease that is longer than its sendTimeout"))
  }

  const sql = yield* SqlClient.SqlClient
  const transport = yield* MailTransport
  const box = yield* SecretBox
  const signal = yield* DatabaseSignal
  const queue = yield* MailQueue.make

  const underWay = new Map<string, number>()
  const held = new Set<DeliveryId>()
  const longestWait = Duration.sum(Duration.max(longest, Duration.fromInputUnsafe(options.lease)), clockSlack)
  let slotsTaken = 0
  let retriesUnderWay = 0
  let settleFailures = 0
  const wake = yield* Queue.sliding<void>(1)
  const sends = yield* FiberSet.make<void>()
  const scope = yield* Effect.scope

  const track = (claim: MailQueue.Claim, by: 1 | -1) => {
    const count = (underWay.get(claim.domain) ?? 0) + by
    if (count === 0) underWay.delete(claim.domain)
    else underWay.set(claim.domain, count)
    if (by === 1) held.add(claim.deliveryId)
    else held.delete(claim.deliveryId)
    slotsTaken += by
    if (claim.attempts > 1) retriesUnderWay += by
  }

  let claimSoon = false

  /**
   * Claims again once half of the slots are free, or a moment after the first of them: a claim for each mail would cost
   * as many statements as the mails themselves, and slow mails must not keep the free slots empty.
   */
  const slotFreed = Effect.suspend(() => {
    if (2 * (options.concurrency - slotsTaken) >= options.concurrency) return Queue.offer(wake, undefined)
    if (claimSoon) return Effect.void
    claimSoon = true
    return Effect.sleep(moment).pipe(
      Effect.andThen(
        Effect.suspend(() => {
          claimSoon = false
          return Queue.offer(wake, undefined)
        })
      ),
      Effect.forkIn(scope, { uninterruptible: false })
    )
  })

  const content = (claim: MailQueue.Claim) =>
    box.open(claim.body, claim.payloadId).pipe(
      Effect.flatMap((bytes) => Schema.decodeEffect(contentJson)(utf8.decode(bytes))),
      // Sealed with another key: an operator can correct that.
      Effect.mapError(() => new MailDeferred({ reason: "unreadable" }))
    )

  const longestHold = Duration.toNanosUnsafe(
    Duration.subtract(Duration.fromInputUnsafe(options.lease), Duration.fromInputUnsafe(options.sendTimeout))
  )

  /**
   * Whether a whole attempt fits into the rest of the lease. Once it ends, another worker may send the same mail, so a
   * worker that was frozen must not send it too. Both clocks are asked: one stands still while a machine sleeps, the
   * other can be set back.
   */
  const leaseHolds = Effect.fnUntraced(function* ({ claim, since }: Held) {
    const latest = DateTime.subtractDuration(claim.claimedUntil, options.sendTimeout)
    const held = (yield* Clock.monotonicTimeNanos) - since
    return held <= longestHold && DateTime.isLessThanOrEqualTo(yield* DateTime.now, latest)
  })

  const send = Effect.fnUntraced(function* (held: Held) {
    const { claim } = held
    const { subject, text, html, unsubscribe } = yield* content(claim)
    // Nothing may come between this and the sending.
    if (!(yield* leaseHolds(held))) return yield* new LeaseRunsOut()
    return yield* transport.send({
      messageId: claim.messageId,
      from: options.from,
      to: claim.to,
      subject,
      text,
      ...(html === undefined ? {} : { html }),
      ...(unsubscribe === undefined ? {} : { unsubscribe })
    })
  })

  const giveUp = (
    claim: MailQueue.Claim,
    outcome: MailQueue.Settlement["outcome"],
    detail: string | null,
    deadLetter: DeadLetterReason
  ): MailQueue.Settlement => ({
    outcome,
    detail,
    nextAttemptAt: null,
    deadLetter,
    wipe: isSecret(claim.templateId)
  })

  const tryLater = Effect.fnUntraced(function* (claim: MailQueue.Claim, now: DateTime.Utc, reason: string) {
    if (claim.attempts >= options.maxAttempts) return giveUp(claim, "deferred", reason, "attempts_exhausted")
    const wait = Duration.times(backoff(claim.attempts, first, longest), 1 - (yield* Random.next) / 2)
    const next = DateTime.addDuration(now, wait)
    // Not after its expiry, so that an expired mail is settled soon.
    const nextAttemptAt = claim.expiresAt === null ? next : DateTime.min(next, claim.expiresAt)
    return { outcome: "deferred", detail: reason, nextAttemptAt, deadLetter: null, wipe: false } as const
  })

  /** The outcome of the attempt; undefined if there was none and the delivery is left to the next claim. */
  const conclude = Effect.fnUntraced(function* (
    claim: MailQueue.Claim,
    now: DateTime.Utc,
    exit: Exit.Exit<Accepted, MailRejected | MailDeferred | LeaseRunsOut>
  ): Effect.fn.Return<MailQueue.Settlement | undefined> {
    if (Exit.isSuccess(exit)) {
      return { outcome: "sent", detail: exit.value.reply, nextAttemptAt: null, deadLetter: null, wipe: true }
    }
    const failure = Cause.findErrorOption(exit.cause)
    if (failure._tag === "Some") {
      if (failure.value._tag === "LeaseRunsOut") {
        yield* Effect.logWarning("a mail wasn't sent: its worker was held up until its lease ran out").pipe(
          Effect.annotateLogs({ delivery_id: claim.deliveryId })
        )
        return undefined
      }
      return failure.value._tag === "MailRejected"
        ? giveUp(claim, "rejected", failure.value.reason, "rejected")
        : yield* tryLater(claim, now, failure.value.reason)
    }
    if (Cause.hasInterrupts(exit.cause)) {
      return { outcome: "interrupted", detail: null, nextAttemptAt: now, deadLetter: null, wipe: false }
    }
    return yield* tryLater(claim, now, "defect")
  })

  const report = (claim: MailQueue.Claim, settlement: MailQueue.Settlement) => {
    const { outcome, detail, deadLetter } = settlement
    attempted(1, outcome)
    const log = outcome === "sent" ? Effect.logDebug : Effect.logWarning
    const count =
      deadLetter === null
        ? Effect.void
        : Metric.update(Metric.withAttributes(givenUp, { template_id: claim.templateId, reason: deadLetter }), 1)
    return Effect.andThen(count, log(deadLetter === null ? `mail ${outcome}` : "mail given up")).pipe(
      Effect.annotateLogs({
        delivery_id: claim.deliveryId,
        template_id: claim.templateId,
        attempt: claim.attemptNo,
        ...(detail === null ? {} : { detail }),
        ...(deadLetter === null ? {} : { reason: deadLetter })
      })
    )
  }

  const settle = Effect.fnUntraced(function* (claim: MailQueue.Claim, settlement: MailQueue.Settlement) {
    const { attemptNo, deliveryId, templateId } = claim
    const reason = settlement.deadLetter
    const settled = Effect.flatMap(DateTime.now, (now) => queue.settle(claim, now, settlement))
    const stood = yield* StorageError.refail(
      reason === null
        ? settled
        : sql.withTransaction(
            Effect.tap(settled, (stood) =>
              stood ? options.onDeadLetter({ attemptNo, deliveryId, templateId, reason }) : Effect.void
            )
          )
    )
    if (stood) yield* report(claim, settlement)
    else yield* Effect.logWarning("mail claim was lost").pipe(Effect.annotateLogs({ delivery_id: deliveryId }))
  })

  const leaseNanos = Duration.toNanosUnsafe(Duration.fromInputUnsafe(options.lease))

  /** Logs once for all mails that outcomes can't be stored. */
  const settleFailed = Effect.fnUntraced(function* (error: StorageError) {
    if (settleFailures++ > 0) return
    yield* Effect.logWarning("outcomes of mails can't be stored; trying again").pipe(
      Effect.annotateLogs(error.logFields)
    )
  })

  const settleWorks = Effect.suspend(() => {
    const failures = settleFailures
    settleFailures = 0
    return failures === 0
      ? Effect.void
      : Effect.annotateLogs(Effect.logInfo("outcomes of mails can be stored again"), { failures })
  })

  /**
   * Retries with growing waits until the outcome is stored. A failure that no retry mends, such as a refused row, keeps
   * its slot only until the lease ends, and the delivery is tried again. Interruption takes effect only between the
   * tries.
   */
  const settleSurely = Effect.fnUntraced(function* (
    { claim, since }: Held,
    settlement: MailQueue.Settlement,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  ) {
    for (let tries = 0; ; tries++) {
      const result = yield* Effect.result(settle(claim, settlement))
      if (Result.isSuccess(result)) return yield* settleWorks
      const error = result.failure
      if (error.retryable) yield* settleFailed(error)
      const lasted = (yield* Clock.monotonicTimeNanos) - since
      if (!error.retryable && lasted >= leaseNanos) {
        return yield* Effect.logError("the outcome of a mail can't be stored; the mail may be sent again").pipe(
          Effect.annotateLogs({ delivery_id: claim.deliveryId, outcome: settlement.outcome, ...error.logFields })
        )
      }
      yield* restore(Effect.sleep(Duration.min(longestSettleWait, Duration.seconds(2 ** Math.min(tries, 30)))))
    }
  })

  const deliver = (held: Held) => {
    const { claim } = held
    return Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const now = yield* DateTime.now
        if (claim.expiresAt !== null && DateTime.isLessThanOrEqualTo(claim.expiresAt, now)) {
          return yield* settleSurely(held, giveUp(claim, "expired", null, "expired"), restore)
        }
        // Only workers that died during their attempts let it come this far.
        if (claim.attempts > options.maxAttempts) {
          return yield* settleSurely(held, giveUp(claim, "exhausted", null, "attempts_exhausted"), restore)
        }
        const exit = yield* Effect.exit(
          restore(
            Effect.timeoutOrElse(send(held), {
              duration: options.sendTimeout,
              orElse: () => Effect.fail(new MailDeferred({ reason: "timeout" }))
            })
          )
        )
        const settlement = yield* conclude(claim, yield* DateTime.now, exit)
        if (settlement !== undefined) yield* settleSurely(held, settlement, restore)
      }).pipe(
        Effect.ensuring(
          Effect.suspend(() => {
            track(claim, -1)
            return slotFreed
          })
        )
      )
    ).pipe(
      // The lease ends and the delivery is tried again.
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.void
          : Effect.logError("mail delivery failed unexpectedly").pipe(
              Effect.annotateLogs({ delivery_id: claim.deliveryId, ...failureFields(cause) })
            )
      ),
      Effect.withSpan("MailWorker.deliver", { attributes: { "mail.delivery_id": claim.deliveryId } })
    )
  }

  const claimAndStart = Effect.gen(function* () {
    const slots = options.concurrency - slotsTaken
    if (slots <= 0) return
    const now = yield* DateTime.now
    const since = yield* Clock.monotonicTimeNanos
    // From the claim on, each delivery is settled even if the worker is stopped in between.
    const claims = yield* queue
      .claim({
        now,
        until: DateTime.addDuration(now, options.lease),
        latest: DateTime.addDuration(now, longestWait),
        slots,
        retrySlots: Math.max(0, Math.ceil(options.concurrency / 2) - retriesUnderWay),
        perDomain: options.concurrencyPerDomain,
        underWay,
        held
      })
      .pipe(StorageError.refail)
    for (const claim of claims) {
      track(claim, 1)
      yield* FiberSet.run(sends, deliver({ claim, since }))
    }
    // There may be more due mails, and slots for them.
    return claims.length > 0 ? Duration.zero : undefined
  }).pipe(Effect.uninterruptible)

  // Runs after the loop has stopped and before the sends are interrupted.
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeout(FiberSet.awaitEmpty(sends), options.shutdownGrace)))

  yield* BackgroundLoop.wakenBy("mail worker", signal.signals("galaxy_mail"), Queue.offer(wake, undefined))
  yield* BackgroundLoop.start({
    name: "mail worker",
    pass: claimAndStart,
    every: options.pollInterval,
    deadline: claimDeadline,
    wake: Queue.take(wake)
  })
})

/** Building it starts the worker; closing its scope ends it. */
export const layer = (
  options: MailWorkerOptions
): Layer.Layer<never, never, SqlClient.SqlClient | DatabaseSignal | SecretBox | MailTransport | BackgroundLoops> =>
  Layer.effectDiscard(run(options))
