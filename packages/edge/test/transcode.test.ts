/** Commands to REST calls and answers to payloads: paths nobody climbs out of, queries, bodies. */
import { decode, encode, type JsonObject, MalformedBuffer, UnencodableValue } from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { errorTable, type MessageRoute, messageRoutes, type MessageType } from "@galaxy/contract/routes/MessageRoutes"
import * as transcode from "@galaxy/edge/transcode"
import { assert, describe, it } from "vitest"

const routeOf = (type: MessageType): MessageRoute => messageRoutes[type]

const call = (type: MessageType, request: JsonObject) =>
  transcode.toCall(routeOf(type), encode(tables, routeOf(type).request, request))

const game = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a"
const invite = "0190f7a2-6d3e-7c11-9a55-000000000001"

describe("a call", () => {
  it("without arguments has its path alone, also for an empty payload", () => {
    const wanted: transcode.RestCall = { method: "GET", path: "/api/v1/user/account", body: undefined }
    assert.deepStrictEqual(call("user.account.get", {}), wanted)
    assert.deepStrictEqual(transcode.toCall(routeOf("user.account.get"), new Uint8Array()), wanted)
    assert.deepStrictEqual(transcode.toCall(routeOf("user.sessions.revoke_all"), new Uint8Array()), {
      method: "POST",
      path: "/api/v1/user/sessions/revoke-all",
      body: undefined
    })
  })

  it("has its fields in the path, and no body when there are no others", () => {
    assert.deepStrictEqual(call("lobby.invites.decline", { game_id: game, invite_id: invite }), {
      method: "POST",
      path: `/api/v1/user/lobby/games/${game}/invites/${invite}/decline`,
      body: undefined
    })
    assert.deepStrictEqual(call("user.games.report", { game_id: game, turn: 7 }), {
      method: "GET",
      path: `/api/v1/user/games/${game}/reports/7`,
      body: undefined
    })
  })

  it("has turn 0 in its path where FlatBuffers left it out", () => {
    assert.strictEqual(call("user.games.report", { game_id: game, turn: 0 }).path.split("/").at(-1), "0")
  })

  it("has the other fields in its body, absent ones left out", () => {
    assert.deepStrictEqual(
      call("user.games.order", {
        game_id: game,
        orders: [{ op: "produce", planet: 0, product: "CAP" }, { op: "quit" }]
      }),
      {
        method: "POST",
        path: `/api/v1/user/games/${game}/orders`,
        body: { orders: [{ op: "produce", planet: 0, product: "CAP" }, { op: "quit" }] }
      }
    )
    assert.deepStrictEqual(call("user.games.command", { game_id: game, turn: 0, commands: [] }).body, {
      turn: 0,
      commands: []
    })
  })

  it("whose arguments are all left out has an empty body, since its route takes one", () => {
    assert.deepStrictEqual(call("lobby.invites.issue", { game_id: game }).body, {})
  })

  it("has the other fields in its query where it has no body", () => {
    assert.strictEqual(call("lobby.my.games", {}).path, "/api/v1/user/lobby/my/games")
    assert.strictEqual(
      transcode.toCall(routeOf("lobby.my.games"), new Uint8Array()).path,
      "/api/v1/user/lobby/my/games"
    )
    assert.strictEqual(call("lobby.my.games", { limit: 5 }).path, "/api/v1/user/lobby/my/games?limit=5")
    assert.strictEqual(
      call("user.games.order.get", { game_id: game, turn: 0 }).path,
      `/api/v1/user/games/${game}/orders?turn=0`
    )
  })

  it.each(["a&limit=9", "a#b", "a b", "жé😀", "%26", "+", "a=b", "?", "\n"])(
    "keeps %j in its query as it is",
    (cursor) => {
      const { path } = call("lobby.my.games", { cursor, limit: 3 })
      const url = new URL(path, "http://backend")
      assert.strictEqual(url.pathname, "/api/v1/user/lobby/my/games")
      assert.deepStrictEqual(
        [...url.searchParams],
        [
          ["cursor", cursor],
          ["limit", "3"]
        ]
      )
      assert.strictEqual(url.hash, "")
    }
  )
})

describe("a value in a path", () => {
  it.each(["", ".", "..", "..."])("is refused when it is %j", (value) => {
    assert.throws(() => call("lobby.games.get", { game_id: value }), transcode.Untranscodable)
    assert.throws(() => call("lobby.invites.redeem", { game_id: game, invite_id: value, race_name: "x" }), /invite_id/)
  })

  it.each([
    "a/b",
    "../account",
    "..\\account",
    "%2e",
    "%2e%2e",
    "%2e%2e%2faccount",
    "%2f",
    "?limit=1",
    "#x",
    ";x",
    "a b",
    "\r\nX-User-Id: other",
    "\u0000",
    "жé😀",
    "{invite_id}",
    "$&",
    "//evil"
  ])("stays one segment when it is %j", (value) => {
    const { path } = call("lobby.invites.decline", { game_id: value, invite_id: invite })
    // As every URL parser reads it: nothing climbs, nothing is cut off, nothing new begins.
    const url = new URL(path, "http://backend")
    assert.strictEqual(`${url.pathname}${url.search}${url.hash}`, path)
    assert.strictEqual(url.host, "backend")
    const segments = url.pathname.split("/")
    assert.deepStrictEqual(segments.slice(0, 6), ["", "api", "v1", "user", "lobby", "games"])
    assert.strictEqual(segments.length, 10)
    assert.strictEqual(decodeURIComponent(segments[6] ?? ""), value)
    assert.deepStrictEqual(segments.slice(7), ["invites", invite, "decline"])
  })
})

describe("a payload", () => {
  it("that isn't its table is malformed", () => {
    assert.throws(() => transcode.toCall(routeOf("lobby.games.get"), Uint8Array.of(1, 2, 3)), MalformedBuffer)
    assert.throws(() => transcode.toCall(routeOf("lobby.games.get"), new Uint8Array()), MalformedBuffer)
    const other = encode(tables, "galaxy.user.GetAccountRequest", {})
    assert.throws(() => transcode.toCall(routeOf("lobby.games.get"), other), MalformedBuffer)
  })
})

describe("an answer", () => {
  it("becomes its response table", () => {
    const json = { revoked: [game, invite] }
    const payload = transcode.fromAnswer(routeOf("user.sessions.revoke_all"), json)
    assert.deepStrictEqual(decode(tables, "galaxy.user.RevokedSessions", payload), json)
  })

  it("that its table has no place for isn't one", () => {
    const route = routeOf("user.sessions.revoke_all")
    for (const json of [{}, { revoked: "x" }, { revoked: [1] }, { revoked: [null] }, []]) {
      assert.throws(() => transcode.fromAnswer(route, json), UnencodableValue)
    }
    for (const json of [null, undefined, 1, "x"]) assert.throws(() => transcode.fromAnswer(route, json))
  })

  it("with an error is the error's table", () => {
    assert.deepStrictEqual(decode(tables, errorTable, transcode.fromError("not_found", "жé")), {
      code: "not_found",
      message: "жé"
    })
    const reasoned = transcode.fromError("conflict", "too late", "turn_passed")
    assert.deepStrictEqual(decode(tables, errorTable, reasoned)["reason"], "turn_passed")
  })
})
