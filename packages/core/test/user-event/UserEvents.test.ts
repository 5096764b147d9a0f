import type { UserId } from "@galaxy/contract/ids/Ids"
import * as AccountEnds from "@galaxy/core/account/AccountEnds"
import { AccountEndSteps } from "@galaxy/core/account/AccountEnd"
import * as AccountSettings from "@galaxy/core/account/AccountSettings"
import * as MailSwitches from "@galaxy/core/account/MailSwitches"
import { type UserEvent, UserEventOutbox } from "@galaxy/core/user-event/UserEventOutbox"
import * as UserEventOutboxes from "@galaxy/core/user-event/UserEventOutbox"
import * as UserEventPruner from "@galaxy/core/user-event/UserEventPruner"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { Entitlements } from "@galaxy/core/standing/Entitlements"
import { Limits } from "@galaxy/core/standing/Limits"
import { Sanctions } from "@galaxy/core/standing/Sanctions"
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { type Database, eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, DateTime, Deferred, Effect, Fiber, Layer, Logger } from "effect"
import { SqlClient } from "effect/sql"
import { account, decision, standingOn } from "../standing/fixture.ts"

const noSteps = Layer.succeed(AccountEndSteps, {
  sessions: { name: "sessions", run: () => Effect.succeed(undefined) },
  others: []
})

const lines: Array<unknown> = []

const eventsOn = <E>(database: Layer.Layer<Database, E>) =>
  Layer.mergeAll(
    AccountSettings.layer,
    MailSwitches.layer,
    UserEventOutboxes.layer,
    AccountEnds.layer.pipe(Layer.provide(noSteps))
  ).pipe(
    Layer.provideMerge(standingOn(database)),
    Layer.provideMerge(Logger.layer([Logger.make(({ message }) => lines.push(message))]))
  )

const announced = Effect.flatMap(UserEventOutbox, (it) => it.announce)

/** Takes everything that waits. */
const taken = Effect.gen(function* () {
  const { sendSome } = yield* UserEventOutbox
  const all: Array<UserEvent> = []
  while ((yield* sendSome(7, (events) => Effect.sync(() => void all.push(...events)))) > 0);
  return all
})

const toldOf = (userId: UserId) =>
  Effect.map(taken, (all) => all.filter((it) => it.userId === userId).map((it) => [it.type, it.details]))

eachDatabase((name, database) => {
  layer(eventsOn(database), { timeout: "240 seconds", excludeTestServices: true })(`user events on ${name}`, (it) => {
    it.effect("are written only where a process sends them, and not long after the last one was there", () =>
      Effect.gen(function* () {
        const clock = yield* MovableClockService
        yield* account
        assert.lengthOf(yield* taken, 0)
        yield* announced
        const told = yield* account
        assert.deepStrictEqual(yield* toldOf(told), [["account.created", {}]])
        yield* clock.advance("8 days")
        yield* account
        assert.lengthOf(yield* taken, 0)
      })
    )

    it.effect("tell of every change of an account once, in its order, and of nothing that was rolled back", () =>
      Effect.gen(function* () {
        const [settings, sanctions, limits] = [yield* AccountSettings.AccountSettings, yield* Sanctions, yield* Limits]
        const [entitlements, ends, switches] = [
          yield* Entitlements,
          yield* AccountEnds.AccountEnds,
          yield* MailSwitches.MailSwitches
        ]
        const [clock, sql] = [yield* MovableClockService, yield* SqlClient.SqlClient]
        yield* announced
        const id = yield* account
        yield* settings.updateProfile(id, { display_name: "Ada" })
        yield* settings.updateProfile(id, {})
        yield* settings.updateSettings(id, { time_zone: "Europe/Berlin" })
        yield* Effect.exit(settings.updateSettings(id, { time_zone: "Mars" }))
        for (const _ of [1, 2]) yield* switches.switchOff(id, "game.started")
        yield* sql
          .withTransaction(Effect.andThen(limits.set(id, "max_memberships", 1, decision), Effect.fail("rolled back")))
          .pipe(Effect.exit)
        for (const value of [2, 2, 3]) yield* limits.set(id, "max_memberships", value, decision)
        for (const _ of [1, 2]) yield* limits.lift(id, "max_memberships", decision)
        const plan = { plan_code: "paid_yearly", is_paid: true, source: "admin" }
        const ends_at = DateTime.add(yield* DateTime.now, { hours: 1 })
        for (const _ of [1, 2]) yield* entitlements.set(id, { ...plan, ends_at }, decision)
        yield* clock.advance("1 hour")
        for (const _ of [1, 2]) yield* entitlements.refresh(1_000)
        for (const _ of [1, 2]) yield* ends.block(id, "root", sanctions.apply(id, "permanent_block", decision))
        for (const _ of [1, 2]) yield* sanctions.lift(id, "permanent_block", decision)
        for (const _ of [1, 2]) yield* ends.delete(id, { username: "root" })
        assert.deepStrictEqual(yield* toldOf(id), [
          ["account.created", {}],
          ["account.changed", { changed: "profile" }],
          ["account.changed", { changed: "settings" }],
          ["account.changed", { changed: "settings" }],
          ["limit.changed", { limit_code: "max_memberships", change: "set", value: "2" }],
          ["limit.changed", { limit_code: "max_memberships", change: "set", value: "3" }],
          ["limit.changed", { limit_code: "max_memberships", change: "lifted" }],
          ["entitlement.changed", { plan_code: "paid_yearly" }],
          ["entitlement.changed", { change: "time" }],
          ["sanction.changed", { sanction_code: "permanent_block", change: "applied" }],
          ["account.blocked", {}],
          ["sanction.changed", { sanction_code: "permanent_block", change: "lifted" }],
          ["account.deleted", {}]
        ])
      })
    )

    it.effect("end with the account, although an entitlement of it ends later", () =>
      Effect.gen(function* () {
        const [entitlements, ends] = [yield* Entitlements, yield* AccountEnds.AccountEnds]
        const clock = yield* MovableClockService
        yield* announced
        const id = yield* account
        const ends_at = DateTime.add(yield* DateTime.now, { hours: 1 })
        yield* entitlements.set(id, { plan_code: "paid_yearly", is_paid: true, source: "admin", ends_at }, decision)
        yield* ends.delete(id, { username: "root" })
        yield* clock.advance("1 hour")
        assert.include(yield* entitlements.refresh(1_000), id)
        assert.deepStrictEqual((yield* toldOf(id)).at(-1), ["account.deleted", {}])
      })
    )

    it.effect("stay until they were sent, with the same ids", () =>
      Effect.gen(function* () {
        const { sendSome } = yield* UserEventOutbox
        yield* announced
        yield* taken
        for (const _ of [1, 2, 3]) yield* account
        const seen: Array<ReadonlyArray<string>> = []
        const failing = sendSome(2, (events) =>
          Effect.suspend(() => {
            seen.push(events.map((it) => it.id))
            return Effect.fail("away")
          })
        )
        for (const _ of [1, 2]) assert.strictEqual(yield* Effect.flip(failing), "away")
        const left = yield* taken
        assert.deepStrictEqual(seen[0], seen[1])
        // One that a later release has written, and one that the receiver doesn't take.
        const sql = yield* SqlClient.SqlClient
        for (const _ of [1, 2]) yield* account
        yield* sql`UPDATE backend.user_events SET event_type = 'account.renamed', details = '{"n":1}'`
        let first = ""
        const second = (events: ReadonlyArray<UserEvent>) =>
          Effect.sync(() => {
            first = events[0]?.id ?? ""
            return new Set(events.slice(1).map((it) => it.id))
          })
        assert.strictEqual(yield* sendSome(2, second), 1)
        assert.deepStrictEqual(
          (yield* taken).map((it) => [it.id, it.type, it.details]),
          [[first, "account.renamed", { n: 1 }]]
        )
        assert.deepStrictEqual(
          seen[0],
          left.slice(0, 2).map((it) => it.id)
        )
        assert.strictEqual(new Set(left.map((it) => it.id)).size, 3)
      })
    )

    it.effect("are lost when nobody sends them for long, or too many wait, and the log says so", () =>
      Effect.gen(function* () {
        const clock = yield* MovableClockService
        const sql = yield* SqlClient.SqlClient
        yield* announced
        yield* taken
        const ids = yield* Effect.forEach(Arr.range(1, 5), () => account)
        const left = Effect.map(
          sql<{ user_id: UserId }>`SELECT user_id FROM backend.user_events ORDER BY event_no`,
          (rows) => rows.map((it) => it.user_id)
        )
        lines.length = 0
        const pruned = (until: number) =>
          Effect.scoped(
            Effect.gen(function* () {
              yield* Layer.build(UserEventPruner.layer({ most: 3 }).pipe(Layer.provide(BackgroundLoops.layer)))
              while ((yield* left).length > until) yield* Effect.sleep(5)
              return yield* left
            })
          )
        assert.deepStrictEqual(yield* pruned(3), ids.slice(2))
        yield* clock.advance("8 days")
        assert.deepStrictEqual(yield* pruned(0), [])
        assert.lengthOf(
          lines.filter((it) => String(it).includes("events of accounts are lost")),
          2
        )
      })
    )
  })
})

onPostgres((database) => {
  layer(eventsOn(database), { timeout: "240 seconds", excludeTestServices: true })(
    "user events of two processes",
    (it) => {
      it.effect("only one sends at a time, so that their order is kept", () =>
        Effect.gen(function* () {
          const { sendSome } = yield* UserEventOutbox
          yield* announced
          const ids = yield* Effect.forEach(Arr.range(1, 3), () => account)
          const [taking, done] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const first = yield* Effect.forkChild(
            sendSome(1, () => Effect.andThen(Deferred.succeed(taking, undefined), Deferred.await(done)))
          )
          yield* Deferred.await(taking)
          assert.strictEqual(yield* sendSome(10, () => Effect.die("sent out of turn")), 0)
          yield* Deferred.succeed(done, undefined)
          assert.strictEqual(yield* Fiber.join(first), 1)
          assert.deepStrictEqual(
            (yield* taken).map((event) => event.userId),
            ids.slice(1)
          )
        })
      )

      it.effect("an entitlement's end waits while somebody changes its account", () =>
        Effect.gen(function* () {
          const entitlements = yield* Entitlements
          const [clock, sql] = [yield* MovableClockService, yield* SqlClient.SqlClient]
          const id = yield* account
          const ends_at = DateTime.add(yield* DateTime.now, { hours: 1 })
          yield* entitlements.set(id, { plan_code: "paid_yearly", is_paid: true, source: "admin", ends_at }, decision)
          yield* clock.advance("1 hour")
          const [locked, done] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
          const changing = yield* Effect.forkChild(
            sql.withTransaction(
              Effect.gen(function* () {
                yield* sql`SELECT 1 FROM backend.accounts WHERE user_id = ${id} FOR NO KEY UPDATE`
                yield* Deferred.succeed(locked, undefined)
                yield* Deferred.await(done)
              })
            )
          )
          yield* Deferred.await(locked)
          assert.notInclude(yield* entitlements.refresh(1_000), id)
          yield* Deferred.succeed(done, undefined)
          yield* Fiber.join(changing)
          assert.include(yield* entitlements.refresh(1_000), id)
        })
      )

      it.effect("many that take snapshots again at once tell of each entitlement once", () =>
        Effect.gen(function* () {
          const entitlements = yield* Entitlements
          const clock = yield* MovableClockService
          const ids = yield* Effect.forEach(Arr.range(1, 40), () => account)
          const ends_at = DateTime.add(yield* DateTime.now, { hours: 1 })
          for (const id of ids) {
            yield* entitlements.set(id, { plan_code: "paid_yearly", is_paid: true, source: "admin", ends_at }, decision)
          }
          yield* announced
          yield* taken
          yield* clock.advance("1 hour")
          const passes = yield* Effect.forEach(Arr.range(1, 8), () => entitlements.refresh(10), {
            concurrency: "unbounded"
          })
          assert.strictEqual(new Set(passes.flat()).size, passes.flat().length)
          while ((yield* entitlements.refresh(10)).length > 0);
          const told = (yield* taken).map((it) => it.userId)
          assert.deepStrictEqual(told.toSorted(), ids.toSorted())
        })
      )
    }
  )
})
