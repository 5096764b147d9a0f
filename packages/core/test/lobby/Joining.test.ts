/** Joining and leaving games over HTTP: applications, memberships, and the questions that are asked before. */
import { MovableClockService } from "@galaxy/testkit/MovableClock"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type Answer, type As, type Call, platformOn, refusalOf, surfaces, user } from "../http/platform.ts"
import { notices } from "./fixture.ts"
import { running } from "./world.ts"

const lobby = "/api/v1/user/lobby"
const admin = "/api/v1/admin"
const because = { reason: "for a test" }

const settings = {
  game_name: "Orion Arm",
  min_players: 2,
  max_players: 3,
  turn_schedule: "0 18 * * *",
  time_zone: "Europe/Berlin"
}

const sqlDo = (statement: (sql: SqlClient.SqlClient) => Effect.Effect<unknown, unknown>) =>
  Effect.orDie(Effect.flatMap(SqlClient.SqlClient, statement))

const setStatus = (gameId: string, status: string) =>
  sqlDo((sql) => sql`UPDATE backend.games SET status = ${status} WHERE game_id = ${gameId}`)

/** A private game of a new owner's, with open enrolment. */
const privateGame = (call: Call, change = {}) =>
  Effect.gen(function* () {
    const owner = yield* user
    const made = yield* call(owner, "POST", `${lobby}/games`, { ...settings, ...change })
    const id: string = made.body.game_id
    yield* call(owner, "POST", `${lobby}/games/${id}/open-enrollment`)
    return { owner, id, path: `${lobby}/games/${id}` }
  })

/** A public game with open enrolment. */
const publicGame = (call: Call, change = {}) =>
  Effect.gen(function* () {
    const game = yield* privateGame(call, change)
    yield* sqlDo(
      (sql) => sql`UPDATE backend.games SET owner_user_id = NULL, visibility = 'public' WHERE game_id = ${game.id}`
    )
    return game
  })

const seated = (call: Call, game: { owner: As; path: string }, race_name: string) =>
  Effect.gen(function* () {
    const guest = yield* user
    const invite = (yield* call(game.owner, "POST", `${game.path}/invites`, { invited_user_id: guest.user })).body
    const seat = yield* call(guest, "POST", `${game.path}/invites/${invite.invite_id}/redeem`, { race_name })
    assert.strictEqual(seat.status, 200)
    return { guest, membership: seat.body.membership_id as string }
  })

const toldKinds = (who: { readonly user: Parameters<typeof notices>[0] }) =>
  Effect.map(notices(who.user), (all) => all.map((it) => [it.kind, it.payload] as const))

const kindsToldOperators = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<{ kind: string; payload: Record<string, unknown> }>`
    SELECT kind, payload FROM backend.notifications WHERE kind = 'lobby.application.submitted'`
)

const ok = (answer: Answer) => {
  assert.strictEqual(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}

eachDatabase((name, database) => {
  layer(platformOn(database), { timeout: "240 seconds" })(`joining on ${name}`, (it) => {
    it.effect("an application is listed, told to operators, and approved by an administrator", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* publicGame(call)
        const player = yield* user
        const applied = ok(yield* call(player, "POST", `${game.path}/applications`, { race_name: "Vega" }))
        assert.deepInclude(applied, { game_id: game.id, game_name: "Orion Arm", race_name: "Vega", status: "pending" })
        assert.isFalse("decided_at" in applied)
        const told = (yield* kindsToldOperators).find((it) => it.payload["application_id"] === applied.application_id)
        assert.deepInclude(told?.payload, { race_name: "Vega", applicant_user_id: player.user })
        assert.deepStrictEqual(ok(yield* call(player, "GET", `${lobby}/my/applications`)).applications, [applied])
        const listed = `${admin}/games/${game.id}/applications`
        assert.deepStrictEqual(ok(yield* call("admin", "GET", `${listed}?status=pending`)).applications, [applied])
        const path = `${listed}/${applied.application_id}`
        const tried = yield* call("admin", "POST", `${path.replace("/admin/", "/admin/dry-run/")}/approve`, because)
        assert.strictEqual(ok(tried).after.status, "approved")
        assert.strictEqual(ok(yield* call("admin", "POST", `${path}/approve`, because)).status, "approved")
        assert.deepStrictEqual(ok(yield* call("admin", "GET", `${listed}?status=pending`)).applications, [])
        const members = ok(yield* call(player, "GET", `${game.path}/memberships`)).memberships
        assert.deepInclude(members[0], { user_id: player.user, race_name: "Vega", status: "active" })
        assert.deepStrictEqual(yield* toldKinds(player), [
          [
            "lobby.application.approved",
            { game_id: game.id, game_name: "Orion Arm", application_id: applied.application_id }
          ]
        ])
        for (const again of ["approve", "reject"]) {
          const refused = yield* call("admin", "POST", `${path}/${again}`, because)
          assert.strictEqual(refusalOf(refused), "conflict/not_pending")
        }
        const audit = ok(yield* call("admin", "GET", `${admin}/audit?target_id=${applied.application_id}`)).audit
        assert.deepStrictEqual(
          audit.map((row: Record<string, unknown>) => [row["action"], row["dry_run"]]),
          [
            ["application.approve", false],
            ["application.approve", true]
          ]
        )
        const shown = "application_id applicant_user_id created_at decided_at game_id status".split(" ")
        assert.sameMembers(Object.keys(audit[0].after), shown)
      })
    )

    it.effect("a rejected applicant is told, gets no seat, and their race name is free again", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* publicGame(call)
        const [one, two] = yield* Effect.all([user, user])
        const apply = (who: As, race_name: string) => call(who, "POST", `${game.path}/applications`, { race_name })
        const first = ok(yield* apply(one, "Vega"))
        assert.strictEqual(refusalOf(yield* apply(one, "Lyra")), "conflict/already_pending")
        assert.strictEqual(refusalOf(yield* apply(two, "vega")), "conflict/name_taken")
        const path = `${admin}/games/${game.id}/applications/${first.application_id}`
        assert.strictEqual(ok(yield* call("admin", "POST", `${path}/reject`, because)).status, "rejected")
        assert.deepStrictEqual(ok(yield* call("admin", "GET", `${admin}/games/${game.id}/applications`)).applications, [
          ok(yield* call(one, "GET", `${lobby}/my/applications`)).applications[0]
        ])
        assert.deepStrictEqual((yield* toldKinds(one))[0]?.[0], "lobby.application.rejected")
        assert.deepStrictEqual(ok(yield* call(one, "GET", `${game.path}/memberships`)).memberships, [])
        ok(yield* apply(two, "vega"))
        ok(yield* apply(one, "Lyra"))
      })
    )

    it.effect("an applicant gets their seat under the reserved name, whoever has registered it since", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* publicGame(call)
        const [one, two] = yield* Effect.all([user, user])
        const applied = ok(yield* call(one, "POST", `${game.path}/applications`, { race_name: "Zavijava" }))
        yield* sqlDo(
          (sql) => sql`
            INSERT INTO backend.race_names
              (race_name_id, name, canonical, key_version, status, owner_user_id, registered_at, created_at)
            SELECT gen_random_uuid(), name, canonical, key_version, 'registered', ${two.user}, now(), now()
            FROM backend.race_names WHERE game_id = ${game.id}`
        )
        const path = `${admin}/games/${game.id}/applications/${applied.application_id}/approve`
        assert.strictEqual(ok(yield* call("admin", "POST", path, because)).status, "approved")
        const members = ok(yield* call(one, "GET", `${game.path}/memberships`)).memberships
        assert.deepInclude(members[0], { user_id: one.user, race_name: "Zavijava", status: "active" })
      })
    )

    it.effect("an application is refused where it has no place, with the reason", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const hidden = yield* privateGame(call)
        const stranger = yield* user
        const name = { race_name: "Vega" }
        const apply = (who: As, path: string) => Effect.map(call(who, "POST", `${path}/applications`, name), refusalOf)
        assert.strictEqual(yield* apply(stranger, hidden.path), "not_found")
        assert.strictEqual(yield* apply(stranger, `${lobby}/games/00000000-0000-7000-8000-000000000000`), "not_found")
        assert.strictEqual(yield* apply(hidden.owner, hidden.path), "conflict/wrong_state")
        const game = yield* publicGame(call)
        for (const status of ["ready_to_start", "running", "finished", "cancelled"]) {
          yield* setStatus(game.id, status)
          assert.strictEqual(yield* apply(stranger, game.path), "conflict/enrollment_over", status)
        }
        yield* setStatus(game.id, "draft")
        assert.strictEqual(yield* apply(stranger, game.path), "conflict/wrong_state")
        yield* setStatus(game.id, "enrollment_open")
        yield* sqlDo(
          (sql) => sql`INSERT INTO backend.game_blocks (game_id, user_id) VALUES (${game.id}, ${stranger.user})`
        )
        assert.strictEqual(yield* apply(stranger, game.path), "conflict/blocked")
        for (const who of [stranger, game.owner]) {
          const invite = yield* call(who, "POST", `${game.path}/invites`, {})
          assert.strictEqual(refusalOf(invite), "conflict/wrong_state")
        }
        const applicant = yield* user
        const { application_id } = ok(yield* call(applicant, "POST", `${game.path}/applications`, name))
        const decision = `${game.path}/applications/${application_id}`
        for (const by of [applicant, game.owner]) {
          assert.strictEqual(refusalOf(yield* call(by, "POST", `${decision}/approve`)), "forbidden/not_owner")
          assert.strictEqual(refusalOf(yield* call(by, "POST", `${decision}/reject`)), "forbidden/not_owner")
        }
        ok(yield* call("admin", "POST", `${admin}/games/${game.id}/applications/${application_id}/approve`, because))
        assert.strictEqual(yield* apply(applicant, game.path), "conflict/already_member")
        const bad = yield* call(stranger, "POST", `${game.path}/applications`, { race_name: "!" })
        assert.strictEqual(refusalOf(bad), "conflict/blocked")
        const newcomer = yield* user
        const invalid = yield* call(newcomer, "POST", `${game.path}/applications`, { race_name: "!" })
        assert.strictEqual(refusalOf(invalid), "invalid_request")
      })
    )

    it.effect("an approval is refused in a full game and after the start, and the application stays", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* publicGame(call, { min_players: 1, max_players: 1 })
        const [one, two] = yield* Effect.all([user, user])
        const apply = (who: As, race_name: string) =>
          Effect.map(call(who, "POST", `${game.path}/applications`, { race_name }), (it) => ok(it).application_id)
        const approve = (id: string) =>
          call("admin", "POST", `${admin}/games/${game.id}/applications/${id}/approve`, because)
        const [first, second] = [yield* apply(one, "Vega"), yield* apply(two, "Lyra")]
        yield* setStatus(game.id, "ready_to_start")
        ok(yield* approve(first))
        assert.strictEqual(refusalOf(yield* approve(second)), "conflict/full")
        yield* setStatus(game.id, "running")
        assert.strictEqual(refusalOf(yield* approve(second)), "conflict/wrong_state")
        assert.strictEqual(ok(yield* call(two, "GET", `${lobby}/my/applications`)).applications[0].status, "pending")
        const strange = `${admin}/games/${game.id}/applications/00000000-0000-7000-8000-000000000000`
        assert.strictEqual(refusalOf(yield* call("admin", "POST", `${strange}/approve`, because)), "not_found")
        assert.strictEqual(refusalOf(yield* call("admin", "POST", `${strange}/approve`, {})), "invalid_request")
      })
    )

    it.effect("members are listed by their names, leave, and are removed by the owner", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* privateGame(call)
        const [vega, lyra] = [yield* seated(call, game, "Vega"), yield* seated(call, game, "Lyra")]
        yield* sqlDo((sql) => sql`UPDATE backend.accounts SET display_name = 'Ada' WHERE user_id = ${vega.guest.user}`)
        const list = ok(yield* call(lyra.guest, "GET", `${game.path}/memberships`)).memberships
        assert.deepStrictEqual(
          list.map((it: Record<string, unknown>) => [it["race_name"], it["display_name"]]),
          [
            ["Vega", "Ada"],
            // The user name: in these tests the id.
            ["Lyra", lyra.guest.user]
          ]
        )
        const remove = (who: As, membership: string) =>
          call(who, "POST", `${game.path}/memberships/${membership}/remove`)
        assert.strictEqual(refusalOf(yield* remove(vega.guest, lyra.membership)), "forbidden/not_owner")
        assert.strictEqual(refusalOf(yield* remove(yield* user, lyra.membership)), "not_found")
        assert.strictEqual(refusalOf(yield* remove(game.owner, game.id)), "not_found")
        assert.strictEqual(ok(yield* remove(vega.guest, vega.membership)).status, "removed")
        assert.strictEqual(ok(yield* remove(vega.guest, vega.membership)).status, "removed")
        assert.strictEqual(ok(yield* remove(game.owner, lyra.membership)).status, "removed")
        const reasons = (who: typeof vega) =>
          Effect.map(toldKinds(who.guest), (all) =>
            all.filter(([kind]) => kind === "lobby.membership.removed").map(([, payload]) => payload["reason"])
          )
        assert.deepStrictEqual(yield* reasons(vega), ["left"])
        assert.deepStrictEqual(yield* reasons(lyra), ["removed"])
        assert.strictEqual(refusalOf(yield* call(lyra.guest, "GET", game.path)), "not_found")
        assert.deepStrictEqual(ok(yield* call(lyra.guest, "GET", `${lobby}/my/race-names`)).race_names, [])
        yield* seated(call, game, "Vega")
      })
    )

    it.effect(
      "a blocked player can neither be invited nor redeem what they have; the owner can't block themselves",
      () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const game = yield* privateGame(call)
          const { guest, membership } = yield* seated(call, game, "Vega")
          const code = ok(yield* call(game.owner, "POST", `${game.path}/invites`, {}))
          const block = (who: As, id: string) => call(who, "POST", `${game.path}/memberships/${id}/block`)
          assert.strictEqual(refusalOf(yield* block(guest, membership)), "forbidden/not_owner")
          assert.strictEqual(ok(yield* block(game.owner, membership)).status, "blocked")
          assert.strictEqual(ok(yield* block(game.owner, membership)).status, "blocked")
          assert.deepStrictEqual((yield* toldKinds(guest)).at(-1), [
            "lobby.membership.blocked",
            { game_id: game.id, game_name: "Orion Arm", membership_id: membership }
          ])
          const invite = yield* call(game.owner, "POST", `${game.path}/invites`, { invited_user_id: guest.user })
          assert.strictEqual(refusalOf(invite), "conflict/blocked")
          const redeem = yield* call(guest, "POST", `${game.path}/invites/${code.invite_id}/redeem`, {
            race_name: "Vega",
            code: code.code
          })
          assert.strictEqual(refusalOf(redeem), "conflict/blocked")
          const own = ok(
            yield* call(game.owner, "POST", `${game.path}/invites/${code.invite_id}/redeem`, {
              race_name: "Vega",
              code: code.code
            })
          )
          assert.strictEqual(refusalOf(yield* block(game.owner, own.membership_id)), "invalid_request")
          yield* setStatus(game.id, "finished")
          const late = yield* call(game.owner, "POST", `${game.path}/memberships/${own.membership_id}/remove`)
          assert.strictEqual(refusalOf(late), "conflict/wrong_state")
        })
    )

    it.effect("the race of a player who leaves a running game leaves it too", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* running(call)
        const [, guest] = ok(yield* call(game.guest, "GET", `${game.path}/memberships`)).memberships
        ok(yield* call(game.guest, "POST", `${game.path}/memberships/${guest.membership_id}/remove`))
        const orders = yield* sqlDo(
          (sql) => sql`SELECT user_id FROM backend.player_mappings
            WHERE game_id = ${game.id} AND seat_order = 'banish'`
        )
        assert.deepStrictEqual(orders, [{ user_id: game.guest.user }])
      })
    )

    it.effect("a code alone tells what it is for, as long as it can be redeemed", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* privateGame(call)
        yield* seated(call, game, "Vega")
        yield* sqlDo((sql) => sql`UPDATE backend.accounts SET display_name = 'Ada' WHERE user_id = ${game.owner.user}`)
        const expires_at = DateTime.formatIso(DateTime.addDuration(yield* DateTime.now, "2 days"))
        const issue = Effect.map(call(game.owner, "POST", `${game.path}/invites`, { expires_at }), ok)
        const [one, two, three] = [yield* issue, yield* issue, yield* issue]
        const guest = yield* user
        const look = (code: string) => call(guest, "POST", `${lobby}/invites/look`, { code })
        assert.deepStrictEqual(ok(yield* look(` ${one.code.toUpperCase()} `)), {
          game_id: game.id,
          invite_id: one.invite_id,
          game_name: "Orion Arm",
          issuer_name: "Ada",
          turn_schedule: "0 18 * * *",
          time_zone: "Europe/Berlin",
          members: 1,
          max_players: 3,
          expires_at
        })
        const mine = ok(yield* call(game.owner, "GET", `${lobby}/my/invites`)).invites
        assert.deepInclude(mine[0], { game_name: "Orion Arm", issuer_name: "Ada", members: 1, max_players: 3 })
        ok(
          yield* call(guest, "POST", `${game.path}/invites/${one.invite_id}/redeem`, {
            race_name: "Lyra",
            code: one.code
          })
        )
        ok(yield* call(game.owner, "POST", `${game.path}/invites/${two.invite_id}/revoke`))
        const unknown = yield* look("00000000000000000000000000000000")
        for (const gone of [one, two]) assert.deepStrictEqual((yield* look(gone.code)).body, unknown.body)
        ok(yield* look(three.code))
        yield* (yield* MovableClockService).advance("2 days")
        assert.deepStrictEqual((yield* look(three.code)).body, unknown.body)
        assert.strictEqual(unknown.status, 404)
      })
    )

    it.effect("whether a name is free is told to who sees the game or has its code", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* privateGame(call)
        yield* seated(call, game, "Vega")
        const { code } = ok(yield* call(game.owner, "POST", `${game.path}/invites`, {}))
        const other = yield* privateGame(call)
        const stranger = yield* user
        const check = (who: As, name: string, more = {}) =>
          call(who, "POST", `${lobby}/race-names/check`, { game_id: game.id, name, ...more })
        assert.deepStrictEqual(ok(yield* check(game.owner, "V3ga")), { available: false, reason: "name_taken" })
        assert.deepStrictEqual(ok(yield* check(game.owner, "Lyra")), { available: true })
        assert.deepStrictEqual(ok(yield* check(game.owner, "")), { available: false, reason: "invalid" })
        assert.strictEqual(refusalOf(yield* check(stranger, "Lyra")), "not_found")
        assert.deepStrictEqual(ok(yield* check(stranger, "Vega", { code })), { available: false, reason: "name_taken" })
        const elsewhere = yield* check(stranger, "Lyra", { code, game_id: other.id })
        assert.strictEqual(refusalOf(elsewhere), "not_found")
      })
    )

    it.effect("whether a name is free is told before there is a game", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const game = yield* privateGame(call)
        const { guest: holder } = yield* seated(call, game, "Vega")
        const stranger = yield* user
        const check = (who: As, name: string) => call(who, "POST", `${lobby}/race-names/check`, { name })
        // Reserved in a game: that counts in this game alone.
        assert.deepStrictEqual(ok(yield* check(stranger, "V3ga")), { available: true })
        assert.deepStrictEqual(ok(yield* check(stranger, "")), { available: false, reason: "invalid" })
        const until = DateTime.toDateUtc(DateTime.addDuration(yield* DateTime.now, "30 days"))
        yield* sqlDo(
          (sql) => sql`UPDATE backend.race_names SET status = 'pending_registration', expires_at = ${until}
            WHERE game_id = ${game.id} AND name = 'Vega'`
        )
        assert.deepStrictEqual(ok(yield* check(stranger, "V3ga")), { available: false, reason: "name_taken" })
        assert.deepStrictEqual(ok(yield* check(holder, "Vega")), { available: true })
        yield* (yield* MovableClockService).advance("31 days")
        assert.deepStrictEqual(ok(yield* check(stranger, "V3ga")), { available: true })
      })
    )

    it.effect("who asks too often is told when to come back", () =>
      Effect.gen(function* () {
        const call = yield* surfaces
        const [one, two] = yield* Effect.all([user, user])
        const look = (who: As) => call(who, "POST", `${lobby}/invites/look`, { code: "00" })
        let refused = yield* look(one)
        let answered = 0
        // On a machine that is slow, some of the budget comes back meanwhile.
        for (; refused.status === 404 && answered < 100; answered++) refused = yield* look(one)
        assert.isAtLeast(answered, 20)
        assert.strictEqual(refusalOf(refused), "rate_limited")
        const wait = Number(refused.headers.get("retry-after"))
        assert.isAtLeast(wait, 1)
        assert.strictEqual((yield* look(two)).status, 404)
        yield* (yield* MovableClockService).advance(`${wait} seconds`)
        assert.strictEqual((yield* look(one)).status, 404)
      })
    )
  })
})
