import { CallerIdentity } from "@galaxy/contract/api/Identity"
import { InputErrors } from "@galaxy/contract/api/InputErrors"
import { LobbyInvitesGroup, LobbyMyInvitesGroup } from "@galaxy/contract/api/UserInvitesGroups"
import { LobbyGamesGroup, LobbyMyGamesGroup } from "@galaxy/contract/api/UserLobbyGroups"
import { LobbyMembershipsGroup } from "@galaxy/contract/api/UserMembershipsGroups"
import type { ComputerSeats } from "@galaxy/core/lobby/game/ComputerSeats"
import type { Games } from "@galaxy/core/lobby/game/Games"
import * as GameUser from "@galaxy/core/lobby/game/http/user"
import type { GamePlayers } from "@galaxy/core/lobby/membership/GamePlayers"
import * as MembershipUser from "@galaxy/core/lobby/membership/http/user"
import * as InviteUser from "@galaxy/core/lobby/invite/http/user"
import type { Invites } from "@galaxy/core/lobby/invite/Invites"
import { newId } from "@galaxy/core/shared/NewId"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpApi, HttpApiBuilder } from "effect/http-api"
import type { SqlClient } from "effect/sql"
import { callerOf, callers, type Json } from "../http/callerOf.ts"
import { lobbyOn, player } from "./fixture.ts"

/** The lobby's part of the user surface. */
class LobbyApi extends HttpApi.make("user")
  .add(LobbyGamesGroup, LobbyInvitesGroup, LobbyMyGamesGroup, LobbyMyInvitesGroup, LobbyMembershipsGroup)
  .middleware(CallerIdentity)
  .middleware(InputErrors) {}

type Needs = Games | ComputerSeats | Invites | GamePlayers | SqlClient.SqlClient

/** Sends requests to the handlers as a gateway would. */
const surface = Effect.flatMap(Effect.context<Needs>(), (context) =>
  callerOf(
    HttpApiBuilder.layer(LobbyApi).pipe(
      Layer.provide([GameUser.layer, InviteUser.layer, MembershipUser.layer]),
      Layer.provide(callers),
      Layer.provide(Layer.succeedContext(context))
    ),
    "/api/v1/user/lobby"
  )
)

const create = { game_name: "Orion Arm", min_players: 2, max_players: 4, turn_schedule: "0 18 * * *" }

const codeOf = (body: Json) => (body["error"] as { readonly code: string } | undefined)?.code

layer(lobbyOn(layerPglite), { timeout: "240 seconds" })("the lobby over HTTP", (it) => {
  it.effect("takes two players from nothing to a queued start", () =>
    Effect.gen(function* () {
      const call = yield* surface
      const [owner, guest] = yield* Effect.all([player, player])

      const made = yield* call(owner, "POST", "/games", create)
      assert.strictEqual(made.status, 200)
      assert.strictEqual(made.body["status"], "draft")
      assert.strictEqual(made.body["owner_user_id"], owner)
      assert.match(String(made.body["created_at"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.isFalse("engine_version" in made.body)
      const game = `/games/${String(made.body["game_id"])}`

      assert.strictEqual((yield* call(owner, "POST", `${game}/open-enrollment`)).body["status"], "enrollment_open")

      const bound = yield* call(owner, "POST", `${game}/invites`, { invited_user_id: guest })
      assert.strictEqual(bound.body["status"], "pending")
      const inbox = yield* call(guest, "GET", "/my/invites")
      assert.deepStrictEqual(inbox.body["invites"], [bound.body])
      const seat = yield* call(guest, "POST", `${game}/invites/${String(bound.body["invite_id"])}/redeem`, {
        race_name: "Lyra"
      })
      assert.strictEqual(seat.status, 200)
      assert.strictEqual(seat.body["race_name"], "Lyra")

      assert.strictEqual(codeOf((yield* call(owner, "POST", `${game}/ready-to-start`)).body), "conflict")

      const byCode = yield* call(owner, "POST", `${game}/invites`, {})
      const path = `${game}/invites/${String(byCode.body["invite_id"])}/redeem`
      const code = byCode.body["code"]
      assert.strictEqual((yield* call(owner, "POST", path, { race_name: "Vega" })).status, 404)
      assert.strictEqual((yield* call(owner, "POST", path, { race_name: "1yra", code })).status, 409)
      assert.strictEqual((yield* call(owner, "POST", path, { race_name: "Vega", code })).status, 200)

      const seats = yield* call(guest, "GET", `${game}/memberships`)
      const seated = seats.body["memberships"] as ReadonlyArray<Json>
      assert.strictEqual(seated.length, 2)
      assert.deepStrictEqual(
        seated.find((it) => it["user_id"] === guest),
        seat.body
      )
      assert.strictEqual((yield* call(owner, "POST", `${game}/ready-to-start`)).body["status"], "ready_to_start")
      assert.strictEqual((yield* call(owner, "POST", `${game}/start`)).body["status"], "starting")
      const again = yield* call(owner, "POST", `${game}/start`)
      assert.strictEqual(again.status, 409)
      assert.deepStrictEqual(again.body, {
        error: {
          code: "conflict",
          message: "the game can't be started while it is being started",
          reason: "wrong_state"
        }
      })
      assert.strictEqual((yield* call(owner, "POST", `${game}/retry-start`)).status, 409)
      assert.strictEqual((yield* call(guest, "POST", `${game}/start`)).status, 403)

      const mine = yield* call(guest, "GET", "/my/games?limit=1")
      assert.strictEqual((mine.body["games"] as ReadonlyArray<Json>)[0]?.["member_count"], 2)
    })
  )

  it.effect("declines and revokes", () =>
    Effect.gen(function* () {
      const call = yield* surface
      const [owner, guest] = yield* Effect.all([player, player])
      const made = yield* call(owner, "POST", "/games", create)
      const invites = `/games/${String(made.body["game_id"])}/invites`
      const issue = Effect.map(call(owner, "POST", invites, { invited_user_id: guest }), ({ body }) =>
        String(body["invite_id"])
      )
      assert.strictEqual((yield* call(guest, "POST", `${invites}/${yield* issue}/decline`)).body["status"], "declined")
      assert.strictEqual((yield* call(owner, "POST", `${invites}/${yield* issue}/revoke`)).body["status"], "revoked")
    })
  )

  it.effect("answers an id that is none like one that does not exist", () =>
    Effect.gen(function* () {
      const call = yield* surface
      const owner = yield* player
      const made = yield* call(owner, "POST", "/games", create)
      const game = `/games/${String(made.body["game_id"])}`
      const unknown = yield* newId
      const missing = [
        ["GET", "/games/1"],
        ["GET", `/games/${unknown}`],
        ["GET", `/games/${String(made.body["game_id"]).toUpperCase()}`],
        ["GET", "/games/%00/memberships"],
        ["POST", "/games/x/start"],
        ["POST", `${game}/invites/x/decline`],
        ["POST", `${game}/invites/${unknown}/revoke`],
        ["POST", `/games/x/invites/${unknown}/decline`]
      ] as const
      for (const [method, path] of missing) {
        const answer = yield* call(owner, method, path)
        assert.deepStrictEqual([path, answer.status, codeOf(answer.body)], [path, 404, "not_found"])
      }
    })
  )

  it.effect("refuses malformed input as such", () =>
    Effect.gen(function* () {
      const call = yield* surface
      const owner = yield* player
      const made = yield* call(owner, "POST", "/games", create)
      const game = `/games/${String(made.body["game_id"])}`
      const malformed = [
        ["POST", "/games", { ...create, min_players: 0 }],
        ["POST", "/games", { ...create, max_players: 1.5 }],
        ["POST", "/games", { ...create, turn_schedule: "whenever" }],
        ["POST", "/games", { ...create, time_zone: "Nowhere" }],
        ["POST", "/games", { ...create, game_name: "x".repeat(65) }],
        ["POST", "/games", { ...create, engine_version: "1.0.0\u0000" }],
        ["POST", "/games", {}],
        ["POST", `${game}/invites`, { invited_user_id: "me" }],
        ["POST", `${game}/invites`, { expires_at: "yesterday" }],
        ["POST", `${game}/invites`, { expires_at: "2001-01-01T00:00:00Z" }],
        ["GET", "/my/games?limit=0", undefined],
        ["GET", "/my/games?limit=201", undefined],
        ["GET", "/my/games?cursor=zzz", undefined],
        ["GET", "/my/invites?cursor=zzz", undefined]
      ] as const
      for (const [method, path, body] of malformed) {
        const answer = yield* call(owner, method, path, body)
        assert.deepStrictEqual([path, body, answer.status, codeOf(answer.body)], [path, body, 400, "invalid_request"])
      }
      const nobody = yield* call("someone", "GET", "/my/games")
      assert.strictEqual(codeOf(nobody.body), "invalid_request")
    })
  )

  it.effect("hides a game from strangers", () =>
    Effect.gen(function* () {
      const call = yield* surface
      const owner = yield* player
      const stranger = yield* player
      const made = yield* call(owner, "POST", "/games", create)
      const game = `/games/${String(made.body["game_id"])}`
      for (const [method, path] of [
        ["GET", game],
        ["GET", `${game}/memberships`],
        ["POST", `${game}/open-enrollment`],
        ["POST", `${game}/start`]
      ] as const) {
        const answer = yield* call(stranger, method, path)
        assert.deepStrictEqual(answer, {
          status: 404,
          body: { error: { code: "not_found", message: "no such game" } }
        })
      }
    })
  )
})
