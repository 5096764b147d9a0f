/**
 * `npm run bench`: rates as ratios within one run, since the machine's own speed says nothing.
 *
 * The first line of each table is what nothing can be faster than; the others are ours.
 */
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { backend } from "./backend.ts"
import { cliTimes } from "../packages/host-cli/test/times.ts"
import { manyBackends } from "./cluster.ts"
import { compare, isTree } from "./compare.ts"
import { engineUnderLoad } from "./engine.ts"
import { measure, type Rate } from "./measure.ts"
import { gatewayUnderLoad } from "./gateway.ts"
import { commands } from "./gateway/commands.ts"
import { cores } from "./gateway/cores.ts"
import { print as printStreams, streams } from "./gateway/streams.ts"
import { telemetry } from "./gateway/telemetry.ts"
import { unary } from "./gateway/unary.ts"
import { testkit } from "./testkit.ts"

const usage = `npm run bench: measures the codec, signatures, calls, turns and a battle, as ratios within one run.

  npm run bench
  npm run bench -- compare TREE [PART]   how much faster this tree's engine is than that of another work tree;
                                         PART: only works with this in their names
  npm run bench -- testkit               start, reset and end of the testkit's platform
  npm run bench -- cli                   galaxy-admin's help and a call, beside a bare Node and a bare fetch
  npm run bench -- gateway               signed calls through the gateway, beside a bare server of the same checks; needs a
                                         Redis, whose address is in GALAXY_TEST_REDIS_URL
  npm run bench -- gateway commands      what a signed call and a turn ask of Redis and PostgreSQL; needs servers of both
  npm run bench -- gateway telemetry     what metrics, traces and logs cost such a call
  npm run bench -- gateway cores [ROUNDS]
                                         the same in several processes behind one port, in each way, and with a thread
  npm run bench -- streams [COUNT [ROUNDS]]
                                         event streams through the gateway, beside a bare server that signs and writes the
                                         same; 10,000 in 3 rounds; needs a Redis, too
  npm run bench -- backend [PART…]       the backend on a PostgreSQL server: calls, outbox, due, states
  npm run bench -- cluster [GAMES]       games due at once on one backend and on three, 1,000 by default; both need a
                                         PostgreSQL server, whose address is in GALAXY_TEST_DATABASE_URL`

const [argument, tree = "", part] = process.argv.slice(2)
if (argument === "compare" && isTree(tree)) {
  await compare(tree, part)
  process.exit()
}
if (argument === "backend") {
  await backend(process.argv.slice(3))
  process.exit()
}
if (argument === "cluster") {
  const server = process.env["GALAXY_TEST_DATABASE_URL"]
  if (server === undefined) throw new Error("GALAXY_TEST_DATABASE_URL names no PostgreSQL server")
  await manyBackends(server, Number(process.argv[3] ?? 1_000))
  process.exit()
}
if (argument === "gateway") {
  const redisUrl = process.env["GALAXY_TEST_REDIS_URL"]
  if (redisUrl === undefined) throw new Error("GALAXY_TEST_REDIS_URL names no Redis")
  if (tree === "commands") {
    await commands()
    process.exit()
  }
  if (tree === "cores") {
    await cores(redisUrl, Number(part ?? 7))
    process.exit()
  }
  await (tree === "telemetry" ? telemetry : unary)(redisUrl)
  process.exit()
}
if (argument === "streams") {
  const redisUrl = process.env["GALAXY_TEST_REDIS_URL"]
  if (redisUrl === undefined) throw new Error("GALAXY_TEST_REDIS_URL names no Redis")
  const [count = 10_000, rounds = 3] = process.argv.slice(3).map(Number)
  console.log(`${count} event streams on as many connections, gRPC; medians of ${rounds} rounds`)
  printStreams(await streams(redisUrl, count, rounds))
  process.exit()
}
if (argument === "cli") {
  const { bareMs, helpMs, fetchMs, callMs } = await cliTimes(process.execPath, 15)
  console.log(`bare Node ${bareMs.toFixed(0)} ms, --help ${helpMs.toFixed(0)} ms: ${(helpMs / bareMs).toFixed(2)}`)
  console.log(`bare fetch ${fetchMs.toFixed(0)} ms, a call ${callMs.toFixed(0)} ms: ${(callMs / fetchMs).toFixed(2)}`)
  process.exit()
}
if (argument !== undefined && argument !== "testkit") {
  console.log(argument === "compare" ? `${tree} is not a work tree of this repository.` : usage)
  process.exit(argument === "--help" ? 0 : 2)
}

const number = (value: number) => (value >= 1_000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3))

const print = (title: string, rates: ReadonlyArray<Rate>) => {
  const [first] = rates
  console.log(`\n${title}`)
  for (const it of rates) {
    const ratio = it.perSecond / (first?.perSecond ?? 1)
    console.log(`  ${it.name.padEnd(52)} ${number(it.perSecond).padStart(10)}/s  ${ratio.toFixed(2)}`)
  }
}

if (argument === "testkit") {
  await testkit()
  process.exit()
}

const keys = () => {
  const seed = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 1)])
  const key = createPrivateKey({ key: seed, format: "der", type: "pkcs8" })
  return { key, publicKey: createPublicKey(key) }
}

const game = {
  game_id: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a",
  owner_user_id: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6b",
  visibility: "private",
  status: "running",
  game_name: "A game of the usual length",
  description: "",
  min_players: 2,
  max_players: 20,
  member_count: 17,
  turn_schedule: "0 6 * * *",
  time_zone: "Europe/Berlin",
  current_turn: 42,
  runtime_status: "running",
  created_at: "2026-11-21T06:00:00.000Z",
  updated_at: "2026-11-21T06:00:00.000Z"
}
const games = { games: Array.from({ length: 50 }, () => game) }
const gamesText = JSON.stringify(games)
const gamesBytes = codec.encode(tables, "galaxy.lobby.GameList", games)

console.log("Ratios are against the first line of each table.")

print(
  "A list of 50 games",
  await measure([
    { name: "JSON.parse", once: () => JSON.parse(gamesText) as unknown },
    { name: "JSON.stringify", once: () => JSON.stringify(games) },
    {
      name: "FlatBuffers decode, every offset checked",
      once: () => codec.decode(tables, "galaxy.lobby.GameList", gamesBytes)
    },
    { name: "FlatBuffers encode", once: () => codec.encode(tables, "galaxy.lobby.GameList", games) }
  ])
)

const { key, publicKey } = keys()
const fields = {
  protocolVersion: "v1",
  deviceSessionId: game.game_id,
  messageType: "user.account.get",
  timestampMs: 1n,
  requestId: "r",
  payloadHash: createHash("sha256").digest()
}
const input = SigningInput.request(fields)
const signature = sign(null, input, key)

print(
  "One signature of a request",
  await measure([
    {
      name: "Ed25519 verify and sign, nothing else",
      once: () => verify(null, input, publicKey, signature) && sign(null, input, key)
    },
    {
      name: "with its signing inputs and hashes",
      once: () => {
        createHash("sha256").update(input).digest()
        return (
          verify(null, SigningInput.request(fields), publicKey, signature) &&
          sign(null, SigningInput.request(fields), key)
        )
      }
    }
  ])
)

const bare = createServer((_, response) => {
  response.end('{"ok":true}')
})
await new Promise<void>((resolve) => {
  bare.listen(0, "127.0.0.1", resolve)
})
const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`
const gateway = await gatewayUnderLoad()
print(
  "Calls over loopback, one after the other, caller in the same process",
  await measure([
    { name: "fetch of a bare Node server", once: () => fetch(bareUrl).then((it) => it.text()) },
    { name: "signed command, verified answer (Connect, HTTP/1.1)", once: gateway.call }
  ])
)
await gateway.stop()
bare.close()

engineUnderLoad()
process.exit()
