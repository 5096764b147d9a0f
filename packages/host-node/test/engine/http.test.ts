import { request as httpRequest } from "node:http"
import { createConnection } from "node:net"
import { EngineApi } from "@galaxy/contract/engine/EngineApi"
import { maxBodiesBytes, maxBodyBytes, maxOrders } from "@galaxy/contract/engine/Limits"
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { describe, expect, it } from "vitest"
import { type Answer, type EngineProcess, initBody, token, withFolder } from "./EngineProcess.ts"

const withEngine = (use: (engine: EngineProcess) => Promise<void>) =>
  withFolder(async (start) => {
    const engine = start()
    await engine.listening()
    await use(engine)
  })

const shows = (answer: Answer, status: number, code: string): void => {
  expect([answer.status, answer.json?.error?.code]).toEqual([status, code])
  expect(answer.json.error.message).not.toBe("")
  expect(Object.keys(answer.json)).toEqual(["error"])
}

describe("the engine's REST surface", () => {
  it("plays a game with the client that its contract gives", () =>
    withEngine((engine) =>
      Effect.gen(function* () {
        const client = yield* HttpApiClient.make(EngineApi, {
          baseUrl: engine.origin,
          transformClient: HttpClient.mapRequest(HttpClientRequest.bearerToken(token))
        })
        expect((yield* client.health.healthz()).status).toBe("ok")
        const init = {
          ...initBody,
          game_id: GameId.make(initBody.game_id),
          races: initBody.races.map((race) => ({ ...race, player_id: EnginePlayerId.make(race.player_id) }))
        }
        const begun = yield* client.admin.init({ payload: init })
        expect(begun.players.map((it) => [it.race, it.planets, it.population, it.initial_population])).toEqual([
          ["Terrans", 3, 2000, 2000],
          ["Lyrans", 3, 2000, 2000]
        ])
        const report = yield* client.play.report({ query: { race: "Terrans" } })
        const [first, second] = report.my_planets
        const orders = [
          { op: "produce" as const, planet: first!.number, product: "DRIVE" },
          { op: "rename_planet" as const, planet: second!.number, name: "Eden" },
          { op: "vote" as const, race: "nobody" }
        ]
        const given = yield* client.play.order({ payload: { actor: "Terrans", turn: 0, orders } })
        expect(given.verdicts.map((it) => it.code ?? "accepted")).toEqual(["accepted", "accepted", "unknown_race"])
        const added = yield* client.play.command({
          payload: { actor: "Terrans", commands: [{ op: "peace", race: "Lyrans" }] }
        })
        expect(added.orders).toHaveLength(4)
        expect(added.kept?.revision).toBe(2)
        expect(yield* client.play.orders({ query: { race: "Terrans", turn: 0 } })).toEqual(added)
        const made = yield* client.admin.turn({ payload: { turn: 1 } })
        expect(made.turn).toBe(1)
        const after = yield* client.play.report({ query: { race: "Terrans", turn: 1 } })
        expect(after.my_planets.find((it) => it.number === second!.number)?.name).toBe("Eden")
        expect(after.players[0]?.drive).toBeGreaterThan(1)
        expect(after.players[1]?.relation).toBe("peace")
        expect(after.orders.map((it) => it.accepted)).toEqual([true, true, false, true])
        const gone = yield* client.admin.banish({ payload: { race: "Lyrans" } })
        expect(gone.players[1]?.eliminated).toBe(true)
        const end = yield* client.admin.turn({ payload: { turn: 2 } })
        expect([end.finished, end.winners]).toEqual([true, ["Terrans"]])
        const late = yield* Effect.flip(client.play.order({ payload: { actor: "Terrans", turn: 0, orders: [] } }))
        expect(late._tag).toBe("conflict")
      }).pipe(Effect.provide(FetchHttpClient.layer), Effect.runPromise)
    ))

  it("answers everything that goes wrong with its status and code", () =>
    withEngine(async (engine) => {
      shows(await engine.call("GET", "/api/v1/admin/status"), 409, "conflict")
      shows(await engine.call("GET", "/api/v1/report?race=Terrans"), 409, "conflict")
      shows(await engine.call("POST", "/api/v1/admin/turn", { turn: 1 }), 409, "conflict")
      expect((await engine.call("POST", "/api/v1/admin/init", initBody)).status).toBe(200)

      const other = { ...initBody, game_id: "00000000-0000-4000-8000-000000000098" }
      const order = (body: unknown) => engine.call("PUT", "/api/v1/order", body)
      const command = (body: unknown) => engine.call("POST", "/api/v1/command", body)
      const init = (change: object) => engine.call("POST", "/api/v1/admin/init", { ...initBody, ...change })
      const twins = [initBody.races[0], initBody.races[0]]
      const peace = { op: "peace", race: "Lyrans" }
      const table: ReadonlyArray<readonly [Promise<Answer>, number, string]> = [
        [engine.call("POST", "/api/v1/admin/init", other), 409, "conflict"],
        [engine.call("POST", "/api/v1/admin/turn", { turn: 2 }), 409, "conflict"],
        [engine.call("POST", "/api/v1/admin/turn", { turn: -1 }), 400, "invalid_request"],
        [engine.call("POST", "/api/v1/admin/turn", { turn: 1.5 }), 400, "invalid_request"],
        [engine.call("POST", "/api/v1/admin/turn", { turn: "1" }), 400, "invalid_request"],
        [engine.call("POST", "/api/v1/admin/turn", {}), 400, "invalid_request"],
        [engine.call("POST", "/api/v1/admin/race/banish", { race: "Zed" }), 404, "not_found"],
        [init({ game_id: "X" }), 400, "invalid_request"],
        [init({ seed: "" }), 400, "invalid_request"],
        [init({ races: [] }), 400, "invalid_request"],
        [init({ races: Array.from({ length: 251 }, () => twins[0]) }), 400, "invalid_request"],
        [init({ options: { ruleset: "chess" } }), 400, "invalid_request"],
        [order({ actor: "Zed", orders: [] }), 404, "not_found"],
        [order({ actor: "Terrans", turn: 1, orders: [] }), 409, "conflict"],
        [order({ actor: "Terrans", orders: [{ op: "explode" }] }), 400, "invalid_request"],
        [order({ actor: "Terrans", orders: [{ planet: 1 }] }), 400, "invalid_request"],
        [order({ actor: "Terrans", orders: [{ op: "produce", planet: 1.5 }] }), 400, "invalid_request"],
        [order({ actor: "Terrans", orders: [{ op: "vote", race: "x".repeat(101) }] }), 400, "invalid_request"],
        [
          order({ actor: "Terrans", orders: Array.from({ length: maxOrders + 1 }, () => peace) }),
          400,
          "invalid_request"
        ],
        [order({ actor: "Terrans" }), 400, "invalid_request"],
        [order({ orders: [] }), 400, "invalid_request"],
        [order([]), 400, "invalid_request"],
        [order(null), 400, "invalid_request"],
        [command({ actor: "Terrans", commands: [{ op: "vote", race: "Zed" }] }), 400, "invalid_request"],
        [engine.call("GET", "/api/v1/report"), 400, "invalid_request"],
        [engine.call("GET", "/api/v1/report?race=Zed"), 404, "not_found"],
        [engine.call("GET", "/api/v1/report?race=Terrans&turn=1"), 404, "not_found"],
        [engine.call("GET", "/api/v1/report?race=Terrans&turn=x"), 400, "invalid_request"],
        [engine.call("GET", "/api/v1/order?race=Terrans&turn=-1"), 400, "invalid_request"],
        [engine.call("GET", "/api/v1/order?race=Terrans&turn=5"), 404, "not_found"],
        [engine.call("GET", "/api/v1/order?race=Terrans&turn="), 400, "invalid_request"],
        [engine.call("GET", "/api/v1/report?race=Terrans&turn=0x0"), 400, "invalid_request"],
        [engine.call("GET", "/api/v1/report?race=Terrans&turn=%20"), 400, "invalid_request"],
        [engine.call("GET", "/api/v1/report?race=Terrans&turn=1e0"), 400, "invalid_request"],
        [engine.call("POST", "/API/v1/order/", {}), 405, "method_not_allowed"],
        [engine.call("GET", "/"), 404, "not_found"],
        [engine.call("GET", "/api/v1/galaxy"), 404, "not_found"],
        [engine.call("POST", "/nothing", {}), 404, "not_found"],
        [engine.call("GET", "/api/v1/admin/turn"), 405, "method_not_allowed"],
        [engine.call("DELETE", "/api/v1/order"), 405, "method_not_allowed"],
        [engine.call("POST", "/healthz", {}), 405, "method_not_allowed"]
      ]
      for (const [answer, status, code] of table) shows(await answer, status, code)
      expect((await engine.call("DELETE", "/api/v1/order")).headers.get("allow")).toBe("PUT, GET")
      // What nobody knows is named instead of being dropped, and the list that stood stays.
      const misspelt = { op: "load", group: 1, goods: "COL", amout: 1 }
      for (const answer of [
        await order({ actor: "Terrans", orders: [peace, misspelt] }),
        await command({ actor: "Terrans", commands: [misspelt] })
      ]) {
        shows(answer, 400, "invalid_request")
        expect(answer.json.error.message).toContain("amout")
        expect(answer.json.error.message.length).toBeLessThan(300)
      }
      shows(await order({ actor: "Terrans", ordres: [], orders: [] }), 400, "invalid_request")
      expect((await engine.fetch("HEAD", "/healthz")).status).toBe(200)
    }))

  it("refuses bodies that are not JSON, or too large, however they come", () =>
    withEngine(async (engine) => {
      const send = (body: string, type = "application/json") =>
        engine.fetch("POST", "/api/v1/admin/init", { headers: { "content-type": type }, body })
      for (const body of ["", "{", "nonsense", '{"game_id"', "\u0000"]) {
        shows(await send(body), 400, "invalid_request")
      }
      shows(await send(JSON.stringify(initBody), "text/plain"), 415, "unsupported_media_type")
      shows(await send("a=b", "application/x-www-form-urlencoded"), 415, "unsupported_media_type")
      shows(await send(" ".repeat(maxBodyBytes + 1)), 413, "payload_too_large")

      const latin = Buffer.from(JSON.stringify(initBody).replace("Terrans", "Terr\u00e4ns"), "latin1")
      const headers = { "content-type": "application/json" }
      shows(await engine.fetch("POST", "/api/v1/admin/init", { headers, body: latin }), 400, "invalid_request")
      const packed = { headers: { ...headers, "content-encoding": "gzip" }, body: JSON.stringify(initBody) }
      shows(await engine.fetch("POST", "/api/v1/admin/init", packed), 415, "unsupported_media_type")

      const chunked = await new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
        const sent = httpRequest(`${engine.origin}/api/v1/admin/init`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "transfer-encoding": "chunked",
            authorization: `Bearer ${token}`
          }
        })
        sent.on("response", (response) => {
          let text = ""
          response.on("data", (part) => (text += String(part)))
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }))
        })
        sent.on("error", reject)
        for (let part = 0; part < 20; part++) sent.write(" ".repeat(maxBodyBytes / 10))
        sent.end()
      })
      expect(chunked.status).toBe(413)
      expect(JSON.parse(chunked.text).error.code).toBe("payload_too_large")

      const full = JSON.stringify(initBody).padEnd(maxBodyBytes, " ")
      expect((await send(full, "application/json; charset=utf-8")).status).toBe(200)
    }))

  it("reads a bounded number of bodies at once; others wait, and what has no body doesn't", () =>
    withEngine(async (engine) => {
      await engine.call("POST", "/api/v1/admin/init", initBody)
      const port = Number(new URL(engine.origin).port)
      const half = `PUT /api/v1/order HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${maxBodyBytes}\r\n\r\n{`
      const held = await Promise.all(
        Array.from({ length: maxBodiesBytes / maxBodyBytes }, async () => {
          const socket = createConnection(port, "127.0.0.1")
          socket.on("error", () => undefined)
          await new Promise((resolve) => socket.write(half, resolve))
          return socket
        })
      )
      const healthy = async () => expect((await engine.call("GET", "/healthz")).status).toBe(200)
      await healthy()
      let answered = false
      const order = engine
        .call("PUT", "/api/v1/order", { actor: "Terrans", orders: [] })
        .finally(() => (answered = true))
      for (let call = 0; call < 20; call++) await healthy()
      expect(answered).toBe(false)
      for (const socket of held) socket.destroy()
      expect((await order).status).toBe(200)
    }))

  it("survives a caller who goes away in the middle of a body", () =>
    withEngine(async (engine) => {
      const port = Number(new URL(engine.origin).port)
      await new Promise<void>((resolve) => {
        const socket = createConnection(port, "127.0.0.1", () => {
          socket.write(
            `PUT /api/v1/order HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{`
          )
          socket.end()
        })
        socket.on("data", () => undefined)
        socket.on("close", () => resolve())
        socket.on("error", () => resolve())
      })
      expect((await engine.call("GET", "/healthz")).json).toEqual({ status: "ok", version: "0.1.0" })
    }))
})
