/** Soft delete: a player who goes leaves seats, applications, invites, names, sessions and counts behind to nobody. */
import { assert } from "@effect/vitest"
import type * as UserEnds from "@galaxy/contract/api/admin/UserEnds"
import type * as AdminUsers from "@galaxy/contract/api/admin/Users"
import type * as UserApplications from "@galaxy/contract/api/UserApplications"
import { Effect } from "effect"
import { type Game, openGame, openPublicGame, seat } from "../stack/games.ts"
import { untilIt } from "../stack/patience.ts"
import { listen, refusalOf, signIn } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

type User = typeof AdminUsers.AdminUser.Encoded
type Applications = typeof UserApplications.ApplicationList.Encoded
interface Ledger {
  readonly revocations: ReadonlyArray<typeof UserEnds.Revocation.Encoded>
}
interface Countries {
  readonly countries: ReadonlyArray<object>
}

export const softDelete: Scenario = {
  shows: "soft delete: seats, applications, invites, race names, sessions and country counts go with the account",
  story: Effect.gen(function* () {
    const { admin } = yield* Stack
    const stays = yield* signIn("Selene", 0)
    const goes = yield* signIn("Silvan", 1)
    const events = yield* listen(stays)
    const goesEvents = yield* listen(goes)
    const isFree = (name: string, game_id: string) =>
      Effect.map(stays.client.call("lobby.race_names.check", { name, game_id }), (it) => it.available)
    const countries = admin.get<Countries>(`/geo/users/${goes.userId}/countries`)

    const seatedIn = yield* openGame(stays, "Sedna", 3)
    yield* seat(stays, seatedIn, goes, "Silvans")
    const invitedTo = yield* openGame(stays, "Saros", 3)
    yield* stays.client.call("lobby.invites.issue", { game_id: invitedTo, invited_user_id: goes.userId })
    const appliedTo = yield* openPublicGame("Salacia", 3)
    yield* goes.client.call("lobby.applications.submit", { game_id: appliedTo, race_name: "Salacians" })
    const owned = yield* openGame(goes, "Sirius", 3)
    const { invite_id } = yield* goes.client.call("lobby.invites.issue", {
      game_id: owned,
      invited_user_id: stays.userId
    })
    const areFree = Effect.all([isFree("Silvans", seatedIn), isFree("Salacians", appliedTo)])
    assert.deepStrictEqual(yield* areFree, [false, false])
    yield* untilIt("requests counted by country", countries, (it) => it.countries.length > 0)

    yield* goes.client.call("user.account.delete", {})

    assert.strictEqual(yield* goesEvents.ended, "SessionEnded")
    assert.strictEqual(yield* refusalOf(goes.client.call("user.account.get", {})), "session_revoked")
    assert.strictEqual((yield* admin.get<User>(`/users/${goes.userId}`)).status, "deleted")
    const { revocations } = yield* admin.get<Ledger>(`/users/${goes.userId}/revocations`)
    assert.deepStrictEqual(
      revocations.map((it) => [it.device_session_id, it.actor_kind]),
      [[goes.session.deviceSessionId, "soft_delete_user"]]
    )

    assert.deepStrictEqual(yield* areFree, [true, true])
    const { memberships } = yield* stays.client.call("lobby.memberships.list", { game_id: seatedIn })
    assert.deepStrictEqual(memberships, [])
    const { applications } = yield* admin.get<Applications>(`/games/${appliedTo}/applications`)
    assert.deepStrictEqual(
      applications.map((it) => it.status),
      ["rejected"]
    )
    const { invites } = yield* stays.client.call("lobby.my.invites", {})
    const inviteIn = (gameId: string) => invites.find((it) => it.game_id === gameId)?.status
    assert.deepStrictEqual([inviteIn(invitedTo), inviteIn(owned)], ["declined", "revoked"])
    yield* events.next("lobby.invite.revoked", (it) => it.payload.invite_id === invite_id)
    assert.strictEqual((yield* admin.get<Game>(`/games/${owned}`)).status, "cancelled")
    assert.deepStrictEqual((yield* countries).countries, [])
  })
}
