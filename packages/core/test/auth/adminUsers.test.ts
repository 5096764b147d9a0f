import { Sessions } from "@galaxy/core/auth/Sessions"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { busy, stateOf } from "../account/endFixture.ts"
import { platformOn, refusalOf, surfaces } from "../http/platform.ts"

const users = "/api/v1/admin/users"
const dryUsers = "/api/v1/admin/dry-run/users"
const sanction = { sanction_code: "permanent_block", reason: "cheats" }

eachDatabase((name, storage) => {
  layer(platformOn(storage), { timeout: "240 seconds", excludeTestServices: true })(
    `administrators and players on ${name}`,
    (it) => {
      it.effect("a block and a deletion end an account, leave one audit row each time, and may be repeated", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const { ada } = yield* busy
          const path = `${users}/${ada.user}`
          assert.strictEqual(refusalOf(yield* call("admin", "POST", `${path}/soft-delete`, {})), "invalid_request")
          const wrong = { ...sanction, sanction_code: "a_day_off" }
          assert.strictEqual(refusalOf(yield* call("admin", "POST", `${path}/sanctions`, wrong)), "invalid_request")
          const untouched = yield* stateOf(ada)
          const tried = yield* call("admin", "POST", `${dryUsers}/${ada.user}/sanctions`, sanction)
          assert.deepStrictEqual(
            [tried.status, tried.body.before.status, tried.body.after.status],
            [200, "active", "blocked"]
          )
          const effects = (tried.body.side_effects as ReadonlyArray<{ what: string }>).map((one) => one.what)
          assert.includeMembers(effects, ["admin_sanction", "lobby.membership.removed", "lobby.game.cancelled"])
          assert.deepStrictEqual(yield* stateOf(ada), untouched)

          const blocked = yield* call("admin", "POST", `${path}/sanctions`, sanction)
          assert.deepStrictEqual([blocked.status, blocked.body.status], [200, "blocked"])
          assert.strictEqual(blocked.body.sanctions[0].sanction_code, "permanent_block")
          assert.deepInclude(yield* stateOf(ada), { blocked: true, sessions: 0, seats: "blocked", countries: 1 })
          const again = yield* call("admin", "POST", `${path}/sanctions`, sanction)
          assert.deepStrictEqual(again.body, blocked.body)

          const gone = yield* call("admin", "POST", `${path}/soft-delete`, { reason: "asked to" })
          assert.deepStrictEqual([gone.status, gone.body.status], [200, "deleted"])
          assert.deepInclude(yield* stateOf(ada), { deleted: true, countries: 0 })
          const twice = yield* call("admin", "POST", `${path}/soft-delete`, { reason: "asked to" })
          assert.deepStrictEqual(twice.body, gone.body)

          const rows = (yield* call("admin", "GET", `/api/v1/admin/audit?target_id=${ada.user}`)).body.audit
          assert.deepStrictEqual(
            rows.map((row: Record<string, unknown>) => [row["action"], row["dry_run"]]).toReversed(),
            [
              ["user.apply_sanction", true],
              ["user.apply_sanction", false],
              ["user.apply_sanction", false],
              ["user.soft_delete", false],
              ["user.soft_delete", false]
            ]
          )
          assert.notInclude(JSON.stringify(rows), ada.email)
          const missing = `${users}/${yield* newId}`
          assert.strictEqual(refusalOf(yield* call("admin", "POST", `${missing}/sanctions`, sanction)), "not_found")
          const reason = { reason: "asked to" }
          assert.strictEqual(refusalOf(yield* call("admin", "POST", `${missing}/soft-delete`, reason)), "not_found")
          // What was deleted is gone for its player, whatever the session.
          assert.strictEqual((yield* call({ user: ada.user }, "GET", "/api/v1/user/sessions")).status, 401)
        }).pipe(Effect.scoped)
      )

      it.effect("a player's sessions and revocations are listed, and can be ended", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sessions = yield* Sessions
          const { ada } = yield* busy
          const path = `${users}/${ada.user}`
          const third = yield* sessions.create(ada.user, new Uint8Array(32), "a third")
          yield* sessions.lookup(third)
          yield* sessions.revoke(ada.user, third)
          const first = (yield* call("admin", "GET", `${path}/sessions?limit=2`)).body
          assert.deepInclude(first.sessions[0], {
            device_session_id: third,
            status: "revoked",
            device_label: "a third"
          })
          assert.isString(first.sessions[0].last_seen_at)
          assert.isString(first.sessions[0].revoked_at)
          assert.notProperty(first.sessions[1], "last_seen_at")
          const second = (yield* call("admin", "GET", `${path}/sessions?limit=2&cursor=${first.next_cursor}`)).body
          assert.strictEqual(second.sessions.length, 1)
          assert.notProperty(second, "next_cursor")

          const ended = yield* call("admin", "POST", `${path}/sessions/revoke-all`, { reason: "a stolen device" })
          assert.deepStrictEqual([ended.status, ended.body.revoked.length], [200, 2])
          const ledger = (yield* call("admin", "GET", `${path}/revocations`)).body.revocations
          assert.deepStrictEqual(
            ledger.map((row: Record<string, unknown>) => [
              row["actor_kind"],
              row["actor_username"],
              row["actor_user_id"]
            ]),
            [
              ["admin_revoke_all", "root", undefined],
              ["admin_revoke_all", "root", undefined],
              ["user_revoke", undefined, ada.user]
            ]
          )
          const missing = `${users}/${yield* newId}`
          for (const part of ["sessions", "revocations"])
            assert.strictEqual(refusalOf(yield* call("admin", "GET", `${missing}/${part}`)), "not_found")
        }).pipe(Effect.scoped)
      )
    }
  )
})
