/** Where all together hold too much, the heaviest gives way: nobody is turned away for what others hold. */
import { readFileSync } from "node:fs"
import type { Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { createClient } from "@connectrpc/connect"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { Room } from "@galaxy/host-node/gateway/bounds/Room"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Attackers from "./attackers.ts"
import * as Fixture from "./fixture.ts"

const test = (
  what: string,
  options: Parameters<typeof Fixture.gateway>[0],
  run: (port: number, url: string) => Promise<void>
) => {
  it.live(what, () =>
    Effect.flatMap(GatewayServer, ({ port, url }) => Effect.promise(() => run(port, url))).pipe(
      Effect.provide(Fixture.gateway(options))
    )
  )
}

/** The head of an answer; undefined when the connection ends without. */
const answerOf = async (socket: Socket, request: string): Promise<string | undefined> => {
  socket.write(request)
  const bytes = await new Promise<Buffer | undefined>((resolve) => {
    const closed = () => resolve(undefined)
    socket.once("close", closed).once("data", (chunk: Buffer) => {
      socket.off("close", closed)
      resolve(chunk)
    })
    if (socket.destroyed) closed()
  })
  return bytes?.toString("latin1").split("\r\n\r\n", 1)[0]
}

const probe = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

const statusFrom = (port: number, from: string) =>
  answerOf(Attackers.connect(port, from), probe).then((head) => Number(head?.split(" ")[1] ?? 0))

const waitUntil = async (condition: () => Promise<boolean>) => {
  const end = Date.now() + 30_000
  while (!(await condition())) {
    if (Date.now() > end) throw new Error("it never came to that")
    await sleep(20)
  }
}

describe("when all together have as many as there may be", () => {
  test(
    "connections, idle ones of the heaviest address are closed; those that have verified a request stay",
    { bounds: { connections: 8, connectionsPerAddress: 8 } },
    async (port, url) => {
      const player = createClient(EdgeGateway, Fixture.transports["Connect over HTTP/2"](url))
      assert.strictEqual((await player.executeCommand(Fixture.request())).resultCode, "ok")
      const idle = Array.from({ length: 7 }, () => Attackers.connect(port))
      for (const it of idle) assert.match((await answerOf(it, probe)) ?? "", /^HTTP\/1\.1 200/)
      const others = Array.from({ length: 3 }, () => Attackers.connect(port, "127.0.0.2"))
      for (const it of others) assert.match((await answerOf(it, probe)) ?? "", /^HTTP\/1\.1 200/)
      for (const it of idle.slice(0, 3)) await Attackers.closed(it)
      assert.isTrue(idle.slice(3).every((it) => !it.destroyed))
      // As heavy as the others, it has nothing to ask of them.
      const more = Attackers.connect(port, "127.0.0.2")
      await answerOf(more, probe)
      assert.strictEqual(await answerOf(Attackers.connect(port, "127.0.0.2"), probe), undefined)
      assert.strictEqual((await player.executeCommand(Fixture.request())).resultCode, "ok")
      Attackers.destroyAll([...idle, ...others, more])
    }
  )

  test("open requests, the oldest one of the heaviest address is given up", {
    bounds: { requests: 4, requestsPerAddress: 4 }
  }, async (port) => {
    const [held] = Attackers.silentStreams(port, 1, 4)
    await waitUntil(async () => (await statusFrom(port, "127.0.0.1")) === 429)
    assert.strictEqual(await statusFrom(port, "127.0.0.2"), 200)
    held?.destroy()
  })
})

describe("room", () => {
  const occupant = (worth: number, cut: Array<number>, name: number) => ({
    worth: () => worth,
    cut: () => void cut.push(name)
  })

  it("is taken from the heaviest: first what is worth least, of equals the oldest", () => {
    const room = new Room({ perHolder: 10, overall: 4 })
    const cut: Array<number> = []
    for (const [name, worth] of [2, 1, 1, 3].entries()) room.enter("a", occupant(worth, cut, name))
    assert.isTrue(room.enter("b", occupant(0, cut, 4)))
    assert.isTrue(room.enter(undefined, occupant(0, cut, 5)))
    assert.deepStrictEqual(cut, [1, 2])
    assert.isFalse(room.enter("b", occupant(0, cut, 6)))
    assert.isTrue(room.enter("c", occupant(0, cut, 7)))
    assert.deepStrictEqual(cut, [1, 2, 0])
    // All have one each now.
    assert.isFalse(room.enter("d", occupant(0, cut, 8)))
    assert.strictEqual(room.total, 4)
  })

  it("is given back once, however it is left", () => {
    const room = new Room({ perHolder: 10, overall: 2 })
    const occupants = [occupant(0, [], 0), occupant(0, [], 1)]
    for (const it of occupants) room.enter("a", it)
    room.enter("b", occupant(0, [], 2))
    for (const it of [...occupants, ...occupants]) room.leave("a", it)
    assert.strictEqual(room.total, 1)
    assert.strictEqual(room.of("a"), 0)
  })
})

test("an HTTP/1.1 connection on which request after request is refused is closed", {
  bounds: { requestsPerAddress: 1 }
}, async (port) => {
  const [held] = Attackers.silentStreams(port, 1, 1)
  await waitUntil(async () => (await statusFrom(port, "127.0.0.1")) === 429)
  const socket = Attackers.connect(port)
  const heads: Array<string | undefined> = []
  for (let asked = 0; asked < 16; asked++) heads.push(await answerOf(socket, probe))
  assert.isTrue(heads.slice(0, 15).every((it) => it?.startsWith("HTTP/1.1 429") && !/connection: close/i.test(it)))
  assert.match(heads[15] ?? "", /connection: close/i)
  await Attackers.closed(socket)
  held?.destroy()
})

test("whoever resets requests through a proxy loses their own, not the proxy's connection", {
  sources: { trustedProxies: ["127.0.0.3"] }
}, async (port) => {
  const socket = Attackers.connect(port, "127.0.0.3")
  let received = ""
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1")
  })
  const resets = 4_000
  socket.write(Attackers.resetProbes(resets, "198.51.100.1"))
  let sent = resets
  /** Until then the connection may have more streams to clear away than it takes. */
  const probeUntil = (client: string, answer: string) =>
    waitUntil(async () => {
      assert.isFalse(socket.destroyed)
      received = ""
      socket.write(Attackers.nextProbe(sent++, client))
      await sleep(20)
      return received.includes(answer)
    })
  await probeUntil("198.51.100.2", '{"status":"ok"}')
  await probeUntil("198.51.100.1", "too many requests")
  await probeUntil("198.51.100.2", '{"status":"ok"}')
  socket.destroy()
})

test("the system asks whether a silent client is still there", {}, async (port) => {
  const socket = Attackers.connect(port)
  await answerOf(socket, probe)
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(4, "0")
  // Local and remote end, state 01 (established), and 02 for a timer that keeps alive.
  const ends = `:${hex(port)} 0100007F:${hex(socket.localPort ?? 0)} 01`
  await waitUntil(async () => {
    const line = readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .find((it) => it.includes(ends))
    return line !== undefined && / 02:[0-9A-F]{8} /.test(line)
  })
  socket.destroy()
})
