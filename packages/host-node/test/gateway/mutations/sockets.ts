/**
 * Mutated envelopes over real sockets: by the fast way of usual calls, and by the library's in its other forms.
 *
 * "Mutated" means that a decoded field differs; the same fields in other bytes are the same request.
 */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { create, fromBinary, toBinary, toJsonString } from "@bufbuild/protobuf"
import {
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import type { Envelope } from "@galaxy/edge/Envelope"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { assert } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { devices, early, former, mutant, originalsAt, same } from "@galaxy/testkit/MutatedEnvelopes"
import { bodyOf, type Cell, cells, headOf } from "../conformance/cells.ts"
import { type Channel, channelsTo } from "../conformance/channels.ts"
import { hasBegun, read, type Told } from "../conformance/reading.ts"
import { start } from "../conformance/stand.ts"
import { changedBytes, decoded, otherWords } from "./wires.ts"

/** How many mutations, in how many rounds. */
export interface Amount {
  readonly rounds: number
  /** Of each round, by the fast way. */
  readonly fast: number
  /** Of each round, in the library's forms. */
  readonly slow: number
  /** Of each round, subscriptions in all forms. */
  readonly streams: number
}

const inFlight = 24
const unary = cells.filter(({ rpc }) => rpc === "unary")
const isFast = ({ codec, encoding, protocol }: Cell) =>
  codec === "proto" && encoding === "identity" && protocol !== "gRPC-Web"
const ways = {
  fast: unary.filter(isFast),
  slow: unary.filter((it) => !isFast(it)),
  streams: cells.filter(({ rpc }) => rpc === "stream")
}

/** One mutation as it is sent. */
interface Mutation {
  readonly what: string
  readonly message: Uint8Array
  readonly cell: Cell
}

const protoOf = (envelope: Envelope) =>
  toBinary(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, envelope))

const messageOf = ({ codec }: Cell, envelope: Envelope): Uint8Array =>
  codec === "proto"
    ? protoOf(envelope)
    : Buffer.from(toJsonString(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, envelope)))

/** Draws until something differs from all that was signed. */
const drawn = (random: SeededRandom, originals: ReadonlyArray<Envelope>, among: ReadonlyArray<Cell>): Mutation => {
  for (;;) {
    const cell = random.pick(among)
    const one = random.pick(originals)
    if (cell.codec === "proto" && random.below(2) === 0) {
      const message = changedBytes(random, protoOf(one), protoOf(random.pick(originals)))
      const says = decoded(message)
      if (says === undefined || !originals.some((it) => same(it, says))) return { what: "bytes", message, cell }
    } else {
      const [what, changed] = mutant(random, one, originals)
      if (!originals.some((it) => same(it, changed))) return { what, message: messageOf(cell, changed), cell }
    }
  }
}

const service = "/galaxy.gateway.v1.EdgeGateway"

const tell = async (channel: Channel, cell: Cell, message: Uint8Array): Promise<Told> =>
  read(
    cell,
    await channel.exchange({
      method: "POST",
      path: `${service}/${cell.rpc === "unary" ? "ExecuteCommand" : "SubscribeEvents"}`,
      headers: headOf(cell),
      parts: [bodyOf(cell, message)],
      ends: true,
      leaves: (body) => cell.rpc === "stream" && hasBegun(body)
    })
  )

/** The result of a call that ran, or the reason of its refusal. */
const outcome = (cell: Cell, { code, details, messages }: Told): string => {
  const [info] = details
  if (info !== undefined) return fromBinary(ErrorInfoSchema, info.value).reason
  const [answer] = messages
  if (cell.rpc === "stream" && answer !== undefined) return "begun"
  return answer === undefined ? code : fromBinary(ExecuteCommandResponseSchema, answer).resultCode
}

const collected = () => {
  setFlagsFromString("--expose-gc")
  const collect = runInNewContext("gc") as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

const sendAll = async (
  channels: ReadonlyArray<Channel>,
  count: number,
  draw: () => Mutation,
  hear: (mutation: Mutation, said: string) => void
) => {
  let left = count
  const worker = async (_: unknown, index: number) => {
    while (left-- > 0) {
      const mutation = draw()
      const suiting = channels.filter(({ isHttp2 }) => isHttp2 || mutation.cell.protocol !== "gRPC")
      const channel = suiting[index % suiting.length]
      if (channel !== undefined)
        hear(mutation, outcome(mutation.cell, await tell(channel, mutation.cell, mutation.message)))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

/** They spent nothing: in other bytes or in its own, each original still runs, once. */
const stillTaken = async (channel: Channel, originals: ReadonlyArray<Envelope>) => {
  const [grpc, connect] = ways.fast
  for (const [index, one] of originals.entries()) {
    const bytes = protoOf(one)
    const others = otherWords(bytes)
    const cell = index % 2 === 0 ? grpc : connect
    if (cell === undefined) return
    const first = await tell(channel, cell, others[index % others.length] ?? bytes)
    assert.include(["conflict", "invalid_request"], outcome(cell, first), one.messageType)
    assert.strictEqual(outcome(cell, await tell(channel, cell, bytes)), "replayed_request")
  }
}

const grownBy = 8 * 1_048_576

/** Fails where a mutation is taken, or gets as far as a reservation; where memory grows from round to round too. */
export const refusesMutationsOverSockets = async (
  seed: number,
  { fast, rounds, slow, streams }: Amount
): Promise<ReadonlyMap<string, number>> => {
  const scope = Scope.makeUnsafe()
  const stand = await Effect.runPromise(Scope.provide(start(), scope))
  const channels = channelsTo(stand.url, undefined)
  const http2 = channels.find(({ isHttp2 }) => isHttp2)
  assert.isDefined(http2)
  const random = new SeededRandom(seed)
  const seen = new Map<string, number>()
  const heaps: Array<number> = []
  for (const { deviceSessionId, publicKey, userId } of devices)
    stand.addSession(deviceSessionId, { userId, publicKey, status: "active" })
  stand.addSession(former.deviceSessionId, { userId: former.userId, publicKey: former.publicKey, status: "revoked" })
  try {
    for (let round = 0; round < rounds; round++) {
      const originals = originalsAt(Date.now(), `round-${round}`)
      const subscriptions = originalsAt(Date.now(), `stream-${round}`, ["gateway.subscribe"])
      const runs = stand.runs()
      for (const [cellsOfWay, count, among] of [
        [ways.fast, fast, originals],
        [ways.slow, slow, originals],
        [ways.streams, streams, subscriptions]
      ] as const) {
        await sendAll(
          channels,
          count,
          () => drawn(random, among, cellsOfWay),
          ({ cell, message, what }, said) => {
            seen.set(said, (seen.get(said) ?? 0) + 1)
            if (!early.has(said)) {
              const bytes = Buffer.from(message).toString("base64")
              assert.fail(`seed ${seed}, round ${round}, ${what}: ${said} to ${JSON.stringify(cell)} ${bytes}`)
            }
          }
        )
      }
      assert.strictEqual(stand.runs(), runs, "something ran")
      // Signed now, so that they are fresh however long the round took.
      await stillTaken(http2, originalsAt(Date.now(), `conflict-${round}`))
      heaps.push(collected())
    }
  } finally {
    for (const channel of channels) channel.close()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
  // The mutations reach every check that could have stopped them.
  assert.deepStrictEqual(new Set(seen.keys()), early)
  // The first rounds fill caches.
  const settled = heaps.slice(Math.floor(heaps.length / 2))
  assert.isBelow((settled.at(-1) ?? 0) - (settled[0] ?? 0), grownBy, `heaps in bytes: ${heaps.join(", ")}`)
  return seen
}
