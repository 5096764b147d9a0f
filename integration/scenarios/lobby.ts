/** The lobby: a private game from its first invite to a registered race name, and a public one into its first turn. */
import { assert } from "@effect/vitest"
import type * as UserApplications from "@galaxy/contract/api/UserApplications"
import { Effect } from "effect"
import { forceTurn, gameIn, openPublicGame, seat, settings, whyOf } from "../stack/games.ts"
import { playUntilGrown } from "../stack/play.ts"
import { untilIt } from "../stack/patience.ts"
import { listen, refusalOf, retried, signIn, there } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import { engineIsGreen, noEngineRuns } from "./engines.ts"
import type { Scenario } from "./Scenario.ts"

type Application = typeof UserApplications.Application.Encoded

export const privateGame: Scenario = {
  shows: "lobby: a private game goes from invites over an engine of its own to a winner whose race name is theirs",
  story: Effect.gen(function* () {
    const ada = yield* signIn("Ada", 0)
    const lin = yield* signIn("Lin", 1)
    const cyd = yield* signIn("Cyd", 1)
    const [adaEvents, linEvents] = [yield* listen(ada), yield* listen(lin)]
    const game = yield* ada.client.call("lobby.games.create", settings("Andromeda", 3))
    const of = { game_id: game.game_id }
    assert.deepStrictEqual([game.status, game.visibility], ["draft", "private"])
    yield* ada.client.call("lobby.games.open_enrollment", of)

    // To those who aren't asked a private game doesn't exist.
    const uninvited = lin.client.call("lobby.applications.submit", { ...of, race_name: "Lyrans" })
    assert.strictEqual(yield* refusalOf(uninvited), "not_found")
    yield* seat(ada, game.game_id, ada, "Adamants")
    yield* seat(ada, game.game_id, lin, "Lyrans")
    yield* linEvents.next("lobby.invite.received", (it) => it.payload.game_id === game.game_id)
    const applied = lin.client.call("lobby.applications.submit", { ...of, race_name: "Lyrans" })
    assert.match(yield* refusalOf(applied), /^conflict/, "a private game takes no applications")
    assert.match(yield* refusalOf(ada.client.call("lobby.games.ready_to_start", of)), /^conflict/)
    const invite = yield* ada.client.call("lobby.invites.issue", of)
    const code = yield* there(invite.code, "the code of the invite")
    const redeemed = { ...of, invite_id: invite.invite_id, race_name: "Cydonians" }
    assert.strictEqual(yield* refusalOf(cyd.client.call("lobby.invites.redeem", redeemed)), "not_found")
    yield* cyd.client.call("lobby.invites.redeem", { ...redeemed, code })
    assert.match(yield* refusalOf(ada.client.call("lobby.games.start", of)), /^conflict/)
    yield* ada.client.call("lobby.games.ready_to_start", of)
    yield* ada.client.call("lobby.games.start", of)
    yield* linEvents.next("game.started", (it) => it.payload.game_id === game.game_id)
    yield* gameIn(game.game_id, "running")
    yield* engineIsGreen(game.game_id)

    const turn = yield* playUntilGrown(ada, [lin, cyd], game.game_id, adaEvents)
    const { memberships } = yield* ada.client.call("lobby.memberships.list", of)
    const membership = (userId: string) => memberships.find((it) => it.user_id === userId)?.membership_id ?? ""
    yield* lin.client.call("lobby.memberships.remove", { ...of, membership_id: membership(lin.userId) })
    yield* ada.client.call("lobby.memberships.block", { ...of, membership_id: membership(cyd.userId) })
    yield* forceTurn(game.game_id, turn)

    yield* adaEvents.next("game.finished", (it) => it.payload.game_id === game.game_id)
    yield* adaEvents.next("lobby.race_name.pending", (it) => it.payload.race_name === "Adamants")
    assert.strictEqual((yield* gameIn(game.game_id, "finished")).current_turn, turn + 1)
    yield* noEngineRuns(game.game_id)
    // Reports outlive the engine that wrote them: another one is started to read them, which may take its time.
    const report = ada.client.call("user.games.report", { ...of, turn: turn + 1 })
    const { finished, winners } = yield* retried(report)
    assert.deepStrictEqual([finished, winners], [true, ["Adamants"]])
    const held = Effect.map(ada.client.call("lobby.my.race_names", {}), ({ race_names }) =>
      race_names.map((it) => [it.name, it.status])
    )
    assert.deepStrictEqual(yield* held, [["Adamants", "pending_registration"]])
    const taken = lin.client.call("lobby.race_names.register", { name: "Adamants" })
    assert.match(yield* refusalOf(taken), /^conflict/, "a name is registered by whoever earned it")
    yield* ada.client.call("lobby.race_names.register", { name: "Adamants" })
    yield* adaEvents.next("lobby.race_name.registered")
    assert.deepStrictEqual(yield* held, [["Adamants", "registered"]])
    const check = yield* lin.client.call("lobby.race_names.check", { name: "Adamant5" })
    assert.deepStrictEqual([check.available, check.reason], [false, "name_taken"], "nor may another one look like it")
  })
}

export const publicGame: Scenario = {
  shows: "lobby: a public game takes applications, is started by an administrator and stopped again",
  story: Effect.gen(function* () {
    const { admin } = yield* Stack
    const players = [yield* signIn("Pavo", 0), yield* signIn("Pyxis", 1)]
    const game_id = yield* openPublicGame("Perseus")
    const decided = (id: string, decision: string) =>
      admin.post<Application>(`/games/${game_id}/applications/${id}/${decision}`, { reason: "as they asked" })
    const rejected = yield* signIn("Pluto", 1)
    const applications = yield* Effect.forEach([...players, rejected], (player) =>
      player.client.call("lobby.applications.submit", { game_id, race_name: `${player.name}nians` })
    )
    const [first, second, third] = applications.map((it) => it.application_id)
    const [pavo, pyxis] = players
    const owner = yield* there(pavo, "the first player")
    const invited = owner.client.call("lobby.invites.issue", { game_id, invited_user_id: rejected.userId })
    assert.match(yield* refusalOf(invited), /^(conflict|forbidden)/, "a public game takes no invites")

    const events = yield* listen(yield* there(pyxis, "the second player"))
    assert.strictEqual((yield* decided(first ?? "", "approve")).status, "approved")
    assert.strictEqual((yield* decided(second ?? "", "approve")).status, "approved")
    yield* events.next("lobby.application.approved", (it) => it.payload.game_id === game_id)
    assert.strictEqual((yield* decided(third ?? "", "reject")).status, "rejected")
    yield* admin.post(`/games/${game_id}/ready-to-start`)
    yield* admin.post(`/games/${game_id}/start`)
    yield* gameIn(game_id, "running")
    yield* engineIsGreen(game_id)
    yield* forceTurn(game_id, 0)
    yield* events.next("game.turn.ready", (it) => it.payload.game_id === game_id && it.payload.turn === 1)

    yield* admin.post(`/games/${game_id}/force-stop`, { reason: "the scenario is over" })
    yield* untilIt("the engine to be off", whyOf(game_id), (it) => it.engine?.state === "off")
    yield* noEngineRuns(game_id)
    yield* admin.post(`/games/${game_id}/cancel`, { reason: "the scenario is over" })
  })
}
