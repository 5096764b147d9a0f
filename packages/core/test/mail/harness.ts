/** A mail module on a database of its own, workers that tests start and stop, and waiting for what must come. */
import * as AccountStore from "@galaxy/core/account/AccountStore"
import { DeliveryFate } from "@galaxy/core/mail/DeliveryFate"
import * as MailDeliveries from "@galaxy/core/mail/MailDeliveries"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import type { MailTransport } from "@galaxy/core/mail/MailTransport"
import * as MailWorker from "@galaxy/core/mail/MailWorker"
import { layerMemory } from "@galaxy/core/mail/MemoryMailTransport"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import type { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Redacted, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"

export const secret = Redacted.make(new Uint8Array(32).fill(7))

/** The module over a database, its mails kept in memory. */
export const mailModule = (database: Layer.Layer<Database>) =>
  Layer.mergeAll(MailOutbox.layer({ messageIdDomain: "galaxy.test" }), MailDeliveries.layer).pipe(
    Layer.provideMerge(SecretBox.layer({ secret })),
    Layer.provide(Layer.succeed(DeliveryFate, { deadLettered: () => Effect.void, renewed: () => Effect.void })),
    Layer.provide(AccountStore.layer),
    Layer.provideMerge(layerMemory),
    Layer.provideMerge(database)
  )

export const from = "Galaxy <galaxy@galaxy.test>"

/** Starts a worker that ends with the scope. */
export const startWorker = (
  options: Partial<MailWorker.MailWorkerOptions> = {}
): Effect.Effect<
  void,
  never,
  SqlClient.SqlClient | DatabaseSignal | SecretBox.SecretBox | MailTransport | Scope.Scope
> =>
  Effect.asVoid(
    Layer.build(Layer.fresh(MailWorker.layer({ from, ...options }).pipe(Layer.provide(BackgroundLoops.layer))))
  )

/** How often a watched worker looks by itself, in milliseconds. */
const watchedPoll = 10

/** Shorter than the deadline of a pass, so that none is cut short by a jump of the clock. */
const longestStep = 5_000

/**
 * Starts a worker and returns how to let time pass for it. At the end of that time the worker has completed a pass that
 * began within the last {@link watchedPoll} milliseconds, so what is not done by then was not due.
 */
export const startWatchedWorker = Effect.fnUntraced(function* (options: Partial<MailWorker.MailWorkerOptions> = {}) {
  let passes = 0
  const counting = Layer.succeed(
    BackgroundLoops.BackgroundLoops,
    BackgroundLoops.BackgroundLoops.of({
      register: () => Effect.succeed(Effect.sync(() => void passes++)),
      names: Effect.succeed([]),
      progress: Effect.succeed([]),
      stalled: Effect.succeed([])
    })
  )
  const worker = MailWorker.layer({ from, pollInterval: watchedPoll, ...options })
  yield* Layer.build(Layer.fresh(worker.pipe(Layer.provide(counting))))
  // The first pass may have begun before; the second one begins with the second step.
  const look = Effect.gen(function* () {
    for (const enough of [passes + 1, passes + 2]) {
      yield* TestClock.adjust(watchedPoll)
      yield* eventually(Effect.sync(() => passes >= enough))
    }
  })
  return Effect.fnUntraced(function* (millis: number) {
    for (let left = millis; left > 0; ) {
      const step = left <= longestStep ? left : Math.min(longestStep, Math.floor(left / 2))
      yield* TestClock.adjust(step - 2 * watchedPoll)
      yield* look
      left -= step
    }
  })
})

/** Empties the outbox, so that tests of one database don't see each other's mails. */
export const emptyOutbox = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) =>
    sql`TRUNCATE backend.mail_deliveries, backend.mail_payloads, backend.mail_recipients, backend.mail_attempts,
      backend.mail_dead_letters`
)

export const mailTo = (to: string, key: string, more: { readonly templateId?: string } = {}) => ({
  templateId: "lobby.invite",
  idempotencyKey: key,
  to,
  subject: `About ${key}`,
  text: `Text of ${key}`,
  ...more
})

/** Rounds of 5 ms and more: what doesn't come on a busy machine either will never come. */
const rounds = 6_000

/** Looks again until it holds; the test's time stands still meanwhile, or moves by `step` each round. */
export const eventually = <E, R>(holds: Effect.Effect<boolean, E, R>, step?: string): Effect.Effect<void, E, R> =>
  Effect.gen(function* () {
    for (let round = 0; round < rounds; round++) {
      if (yield* holds) return
      if (step !== undefined) yield* TestClock.adjust(step as "1 second")
      yield* TestClock.withLive(Effect.sleep("5 millis"))
    }
    return yield* Effect.die(new Error("what was waited for did not come"))
  })

export interface Row {
  readonly key: string
  readonly status: string
  readonly attempts: number
  readonly message_id: string
  readonly next_attempt_at: Date | null
  readonly claimed_until: Date | null
  readonly reason: string | null
  readonly outcomes: ReadonlyArray<string | null>
  readonly errors: ReadonlyArray<string | null>
  readonly body_length: number
}

/** All deliveries with their attempts, by key. */
export const deliveries = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Row>`
    SELECT d.idempotency_key AS key, d.status, d.attempts, d.message_id, d.next_attempt_at, d.claimed_until,
      (SELECT max(reason) FROM backend.mail_dead_letters l WHERE l.delivery_id = d.delivery_id) AS reason,
      ARRAY(SELECT outcome FROM backend.mail_attempts a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_no) AS outcomes,
      ARRAY(SELECT error FROM backend.mail_attempts a WHERE a.delivery_id = d.delivery_id ORDER BY attempt_no) AS errors,
      octet_length(p.body) AS body_length
    FROM backend.mail_deliveries d JOIN backend.mail_payloads p USING (payload_id)`
  return new Map(rows.map((row) => [row.key, row]))
})

export const delivery = (key: string) =>
  Effect.map(deliveries, (all) => {
    const row = all.get(key)
    if (row === undefined) throw new Error(`no delivery ${key}`)
    return row
  })

export const hasStatus = (key: string, status: string) => Effect.map(delivery(key), (row) => row.status === status)
