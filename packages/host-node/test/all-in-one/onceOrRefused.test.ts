/** The one-process shape, killed at any moment: what ran before never runs again, and nothing else is refused. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConnectError, createClient } from "@connectrpc/connect"
import { createGrpcTransport } from "@connectrpc/connect-node"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import { sign } from "@galaxy/client/envelope"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import { Effect } from "effect"
import { afterEach, assert, it } from "vitest"
import { Process } from "../processes/Process.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-once-"))
const processes: Array<Process> = []

afterEach(async () => {
  for (const it of processes.splice(0)) await it.kill("SIGKILL")
  rmSync(folder, { recursive: true, force: true })
})

const start = async () => {
  const started = new Process("all-in-one/main", {
    GALAXY_DATA_DIR: folder,
    // However long the start takes, what is sent again is still fresh.
    GATEWAY_FRESHNESS_PAST: "5m",
    GALAXY_MAIL_PAGE_ADDR: ":0",
    GATEWAY_HTTP_ADDR: ":0",
    BACKEND_HTTP_ADDR: ":0",
    BACKEND_GRPC_PUSH_ADDR: ":0"
  })
  processes.push(started)
  const [, url = ""] = await started.until(/Players connect to\s+(\S+)/)
  await started.until(/Stop with Ctrl-C/)
  const rpc = createClient(EdgeGateway, createGrpcTransport({ baseUrl: url }))
  const send = (request: Awaited<ReturnType<typeof signed>>) =>
    rpc.executeCommand(request, { timeoutMs: 20_000 }).then(
      ({ resultCode }) => resultCode,
      (cause: unknown) => ConnectError.from(cause).findDetails(ErrorInfoSchema)[0]?.reason ?? "no answer"
    )
  return { started, url, send }
}

type Session = GalaxyClient.Options["session"]

const signIn = async ({ started, url }: Awaited<ReturnType<typeof start>>): Promise<Session> => {
  const key = DeviceKey.fromSeed(crypto.getRandomValues(new Uint8Array(32)))
  const challengeId = await Effect.runPromise(PublicEdge.sendEmailCode(url, { email: "ada@example.org" }))
  const [, code = ""] = await started.until(/mail for ada@example\.org\s+code (\d+)/)
  const deviceSessionId = await Effect.runPromise(
    PublicEdge.confirmEmailCode(url, { challengeId, code, key, timeZone: "UTC" })
  )
  return { deviceSessionId, key }
}

const signed = (session: Session, game_name: string) =>
  Effect.runPromise(
    sign(session, {
      messageType: "lobby.games.create",
      timestampMs: Date.now(),
      payload: codec.encode(tables, messageRoutes["lobby.games.create"].request, {
        game_name,
        min_players: 2,
        max_players: 2,
        turn_schedule: "0 0 1 1 *"
      })
    })
  )

it("killed, started again and sent the same bytes, it refuses them; what is new it takes at once", async () => {
  const first = await start()
  const session = await signIn(first)
  const one = await signed(session, "One")
  assert.strictEqual(await first.send(one), "ok")
  assert.strictEqual(await first.send(one), "replayed_request")

  // Many at once, and the kill as soon as some of them are answered.
  const many = await Promise.all(Array.from({ length: 8 }, (_, number) => signed(session, `Game ${number}`)))
  const answers: Array<string | undefined> = many.map(() => undefined)
  const sent = many.map(async (request, number) => {
    answers[number] = await first.send(request)
  })
  await Promise.race(sent)
  await first.started.kill("SIGKILL")
  await Promise.all(sent)
  assert.include(answers, "ok")

  const second = await start()
  assert.strictEqual(await second.send(await signed(session, "New")), "ok")
  assert.strictEqual(await second.send(one), "replayed_request")
  for (const [number, request] of many.entries()) {
    const again = await second.send(request)
    if (answers[number] === "ok") assert.strictEqual(again, "replayed_request")
    assert.notStrictEqual(again, "replay_store_unavailable")
  }
  const client = await Effect.runPromise(GalaxyClient.make({ baseUrl: second.url, session }))
  const { games } = await Effect.runPromise(client.call("lobby.my.games", {}))
  const names = games.map((it) => it.game_name)
  assert.strictEqual(new Set(names).size, names.length, names.join(", "))
}, 240_000)
