import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { AccountEnds } from "@galaxy/core/account/AccountEnds"
import { AccountStore } from "@galaxy/core/account/AccountStore"
import { Sanctions } from "@galaxy/core/standing/Sanctions"
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { eachDatabase, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Deferred, Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { platformOn, surfaces } from "../http/platform.ts"
import { busy, ending, game, account, seat, staying, stateOf } from "./endFixture.ts"

const cancelled = [...ending.map(() => "cancelled"), ...staying].toSorted().join(" ")
const untouched = {
  deleted: false,
  blocked: false,
  sessions: 2,
  seats: "active",
  applications: "pending",
  invited: "pending",
  issued: "pending",
  names: 3,
  countries: 1,
  games: [...ending, ...staying].toSorted().join(" "),
  orders: null,
  mails: "auth.login_code game.started"
}
const ended = {
  deleted: true,
  blocked: false,
  sessions: 0,
  seats: "removed",
  applications: "rejected",
  invited: "declined",
  issued: "revoked",
  names: 0,
  countries: 0,
  games: cancelled,
  orders: "banish",
  // The one notice comes last, and reaches the player: everything else that wasn't sent is gone.
  mails: "lobby.membership.removed"
}

const events = Effect.fnUntraced(function* (user: UserId) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ kind: string; payload: Uint8Array }>`
    SELECT kind, payload FROM backend.push_events WHERE user_id = ${user} ORDER BY sequence`
})

const block = (user: UserId) =>
  Effect.gen(function* () {
    const ends = yield* AccountEnds
    const sanctions = yield* Sanctions
    const mark = sanctions.apply(user, "permanent_block", { actor: "root", reason: "cheats" })
    yield* ends.block(user, "root", mark)
  })

/** Every change of the table fails while the work runs. */
const broken = <A, E, R>(table: string, work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql.unsafe(`CREATE OR REPLACE FUNCTION backend.fault() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'a fault'; END $$`)
    yield* sql.unsafe(`CREATE TRIGGER fault BEFORE INSERT OR UPDATE OR DELETE ON backend.${table}
      FOR EACH ROW EXECUTE FUNCTION backend.fault()`)
    return yield* Effect.ensuring(work, Effect.orDie(sql.unsafe(`DROP TRIGGER fault ON backend.${table}`)))
  })

const repeated = Effect.gen(function* () {
  const ends = yield* AccountEnds
  const clock = yield* MovableClockService
  yield* clock.advance("2 minutes")
  while (yield* ends.repeat);
})

const somebodyWaits = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const waiting = sql`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`
  while ((yield* waiting).length === 0) yield* Effect.sleep("20 millis")
})

const faulty = [
  "notification_routes",
  "mail_deliveries",
  "games",
  "memberships",
  "applications",
  "invites",
  "player_mappings",
  "race_names",
  "user_country_counters",
  "notifications",
  "push_user_heads"
]

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `the end of an account on ${name}`,
    (it) => {
      it.effect("by its player touches everything of theirs, and nobody else's", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const call = yield* surfaces
          const { ada, bob, foreign } = yield* busy
          const before = yield* stateOf(bob)
          assert.deepStrictEqual(yield* stateOf(ada), untouched)
          const answer = yield* call({ user: ada.user }, "POST", "/api/v1/user/account/delete")
          assert.deepStrictEqual([answer.status, answer.body], [204, {}])
          assert.deepStrictEqual(yield* stateOf(ada), ended)
          assert.deepStrictEqual((yield* call({ user: ada.user }, "GET", "/api/v1/user/account")).status, 401)

          const told = yield* events(ada.user)
          assert.deepStrictEqual(
            told.map((event) => event.kind),
            ["game.started", "lobby.membership.removed"]
          )
          const notice = codec.decode(
            tables,
            "galaxy.push.LobbyMembershipRemoved",
            told[1]?.payload ?? new Uint8Array()
          )
          assert.deepInclude(notice, { game_id: foreign, game_name: "the running game", reason: "removed" })
          assert.deepStrictEqual((yield* events(bob.user)).map((event) => event.kind).toSorted(), [
            "lobby.game.cancelled",
            "lobby.invite.revoked"
          ])
          const mailed = "lobby.game.cancelled"
          assert.deepStrictEqual(yield* stateOf(bob), {
            ...before,
            invited: "revoked",
            issued: "declined",
            mails: mailed
          })

          const ledger = yield* sql<{ kind: string; by: UserId; reason: string }>`
            SELECT actor_kind AS kind, actor_user_id AS by, reason FROM backend.session_revocations
            WHERE user_id = ${ada.user}`
          const row = { kind: "soft_delete_user", by: ada.user, reason: "soft_delete_user" }
          assert.deepStrictEqual(ledger, [row, row])
          const cut = yield* sql`
            SELECT 1 FROM backend.push_events WHERE event_type = 'session_invalidation' AND device_session_id IN (
              SELECT device_session_id FROM backend.device_sessions WHERE user_id = ${ada.user})`
          assert.lengthOf(cut, 2)
        }).pipe(Effect.scoped)
      )

      it.effect("by a block keeps the counts by country, and says why", () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const { ada } = yield* busy
          yield* block(ada.user)
          const blocked = { ...ended, deleted: false, blocked: true, seats: "blocked", countries: 1 }
          assert.deepStrictEqual(yield* stateOf(ada), blocked)
          const [, last] = yield* events(ada.user)
          const notice = codec.decode(tables, "galaxy.push.LobbyMembershipRemoved", last?.payload ?? new Uint8Array())
          assert.strictEqual(notice["reason"], "blocked")
          const ledger = yield* sql`
            SELECT actor_kind AS kind, actor_username AS by FROM backend.session_revocations WHERE user_id = ${ada.user}`
          assert.deepStrictEqual(ledger[0], { kind: "admin_sanction", by: "root" })
          // Once more changes nothing.
          yield* block(ada.user)
          assert.lengthOf(yield* sql`SELECT 1 FROM backend.sanction_records WHERE user_id = ${ada.user}`, 1)
          assert.lengthOf(yield* sql`SELECT 1 FROM backend.account_ends WHERE user_id = ${ada.user}`, 1)
        })
      )

      it.effect("leaves the mark and no session where a step fails, and is repeated until it is done", () =>
        Effect.gen(function* () {
          const ends = yield* AccountEnds
          const sql = yield* SqlClient.SqlClient
          for (const table of faulty) {
            const { ada } = yield* busy
            // A game that was stopped before ends with the account, also where that takes a second try.
            yield* sql`UPDATE backend.games SET started_at = now() WHERE owner_user_id = ${ada.user}`
            const gone = broken(table, ends.delete(ada.user, { userId: ada.user }))
            yield* gone
            const marked = { ...untouched, deleted: true, sessions: 0 }
            assert.deepStrictEqual(yield* stateOf(ada), marked, table)
            // It stays so while the fault does.
            if (table === "games") {
              yield* broken(table, repeated)
              assert.deepStrictEqual(yield* stateOf(ada), marked, table)
            }
            yield* repeated
            assert.deepStrictEqual(yield* stateOf(ada), ended, table)
          }
        })
      )

      it.effect("in a dry run is shown as a whole, once, or fails", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          const { ada } = yield* busy
          const path = `/api/v1/admin/dry-run/users/${ada.user}/soft-delete`
          const dry = call("admin", "POST", path, { reason: "asked to" })
          const shown = yield* dry
          assert.strictEqual(shown.status, 200)
          const refused = yield* broken("games", dry)
          assert.isAtLeast(refused.status, 500)
          // The first try is a deadlock's victim at the very end; a sequence isn't rolled back.
          yield* sql.unsafe("CREATE SEQUENCE backend.tries")
          yield* sql.unsafe(`CREATE FUNCTION backend.fault_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('backend.tries') = 1 THEN RAISE EXCEPTION USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$`)
          yield* sql.unsafe(`CREATE TRIGGER fault_once BEFORE UPDATE ON backend.accounts
            FOR EACH ROW EXECUTE FUNCTION backend.fault_once()`)
          const again = yield* Effect.ensuring(
            dry,
            Effect.orDie(sql.unsafe(`DROP TRIGGER fault_once ON backend.accounts`))
          )
          assert.deepStrictEqual(again.body.side_effects, shown.body.side_effects)
          assert.deepStrictEqual(yield* sql`SELECT last_value::int AS tries FROM backend.tries`, [{ tries: 2 }])
          assert.deepStrictEqual(yield* stateOf(ada), untouched)
        }).pipe(Effect.scoped)
      )

      it.effect("is nothing at all where its sessions or its mark can't be stored", () =>
        Effect.gen(function* () {
          const ends = yield* AccountEnds
          for (const table of ["device_sessions", "session_revocations", "accounts", "account_ends"]) {
            const { ada } = yield* busy
            const failed = yield* Effect.flip(broken(table, ends.delete(ada.user, { userId: ada.user })))
            assert.strictEqual(failed._tag, "StorageError", table)
            assert.deepStrictEqual(yield* stateOf(ada), untouched, table)
          }
        })
      )

      it.effect("is looked at once more for what was under way; a block that was lifted isn't", () =>
        Effect.gen(function* () {
          const ends = yield* AccountEnds
          const sanctions = yield* Sanctions
          const sql = yield* SqlClient.SqlClient
          const [ada, eve, bob] = [yield* account, yield* account, yield* account]
          yield* ends.delete(ada.user, { username: "root" })
          yield* block(eve.user)
          yield* sanctions.lift(eve.user, "permanent_block", { actor: "root", reason: "an error" })
          const late = yield* game(bob.user, "enrollment_open")
          // It was running when the account ended, and is stopped by now.
          const on = yield* game(ada.user, "paused")
          yield* sql`UPDATE backend.games SET started_at = now() WHERE game_id = ${on}`
          yield* seat(late, ada.user)
          yield* seat(late, eve.user)
          const { ada: eva } = yield* busy
          yield* block(eva.user)
          yield* ends.delete(eva.user, { username: "root" })
          const routes = sql`
            SELECT r.status FROM backend.notification_routes r JOIN backend.notifications n USING (notification_id)
            WHERE r.user_id = ${eva.user} AND r.channel = 'email' AND n.kind = 'lobby.membership.removed'`
          yield* repeated
          // The one notice that is sent because of the end hasn't been dropped with the others.
          assert.strictEqual((yield* stateOf(eva))["mails"], "lobby.membership.removed")
          assert.deepStrictEqual(yield* routes, [{ status: "enqueued" }])
          assert.strictEqual((yield* stateOf(ada))["seats"], "removed")
          assert.strictEqual((yield* stateOf(ada))["games"], "paused")
          assert.strictEqual((yield* stateOf(eve))["seats"], "active")
          assert.strictEqual(yield* ends.repeat, false)
        })
      )
    }
  )
})

onPostgres((storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })("many ends at once", (it) => {
    it.effect("one that takes too long is marked, and finished later", () =>
      Effect.gen(function* () {
        const ends = yield* AccountEnds
        const sql = yield* SqlClient.SqlClient
        const clock = yield* MovableClockService
        const { ada, owned } = yield* busy
        const holds = yield* Deferred.make<void>()
        const free = yield* Deferred.make<void>()
        const other = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`SELECT 1 FROM backend.games WHERE game_id = ${owned.get("paused") ?? ""} FOR UPDATE`
              yield* Deferred.succeed(holds, undefined)
              yield* Deferred.await(free)
            })
          )
        )
        yield* Deferred.await(holds)
        const gone = yield* Effect.forkChild(ends.delete(ada.user, { userId: ada.user }))
        yield* somebodyWaits
        yield* clock.advance("4 seconds")
        yield* Fiber.join(gone)
        assert.deepStrictEqual(yield* stateOf(ada), { ...untouched, deleted: true, sessions: 0 })
        yield* Deferred.succeed(free, undefined)
        yield* Fiber.join(other)
        yield* repeated
        assert.deepStrictEqual(yield* stateOf(ada), ended)
      })
    )

    it.effect("that is under way is waited for where nothing may be kept about the account", () =>
      Effect.gen(function* () {
        const ends = yield* AccountEnds
        const sql = yield* SqlClient.SqlClient
        const accounts = yield* AccountStore
        const { user } = yield* account
        const asked = yield* Deferred.make<void>()
        const free = yield* Deferred.make<void>()
        const counting = yield* Effect.forkChild(
          sql.withTransaction(
            Effect.gen(function* () {
              assert.isTrue((yield* accounts.living([user])).has(user))
              yield* Deferred.succeed(asked, undefined)
              yield* Deferred.await(free)
              return (yield* sql`SELECT 1 FROM backend.accounts WHERE user_id = ${user} AND deleted_at IS NULL`).length
            })
          )
        )
        yield* Deferred.await(asked)
        const gone = yield* Effect.forkChild(ends.delete(user, { userId: user }))
        yield* somebodyWaits
        yield* Deferred.succeed(free, undefined)
        assert.strictEqual(yield* Fiber.join(counting), 1)
        yield* Fiber.join(gone)
        assert.lengthOf([...(yield* accounts.living([user]))], 0)
      })
    )

    it.effect("in the same games all succeed, whoever waits for whom", () =>
      Effect.gen(function* () {
        const ends = yield* AccountEnds
        const sql = yield* SqlClient.SqlClient
        const players = yield* Effect.all(Array.from({ length: 8 }, () => account))
        for (const { user } of players) {
          const id = yield* game(user, "paused")
          for (const other of players) yield* seat(id, other.user)
        }
        yield* Effect.forEach(players, ({ user }) => ends.delete(user, { userId: user }), { concurrency: "unbounded" })
        // On a slow machine some take too long, and are finished then.
        yield* repeated
        const left = yield* sql`SELECT 1 FROM backend.account_ends WHERE completed_at IS NULL`
        assert.lengthOf(left, 0)
        for (const player of players) {
          const { deleted, seats, games } = yield* stateOf(player)
          assert.deepStrictEqual([deleted, seats, games], [true, players.map(() => "removed").join(" "), "cancelled"])
        }
      })
    )
  })
})
