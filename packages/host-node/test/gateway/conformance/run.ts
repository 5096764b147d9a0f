/** Makes the calls of a row, in every cell and on every channel that it is for. */
import { create, toBinary, toJsonString } from "@bufbuild/protobuf"
import { EdgeGateway, ExecuteCommandRequestSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { assert } from "@effect/vitest"
import { request as envelopeOf } from "../fixture.ts"
import { check } from "./answers.ts"
import { bodyOf, type Cell, cells, headOf } from "./cells.ts"
import type { Channel, Exchange, Sending } from "./channels.ts"
import { hasBegun, read } from "./reading.ts"
import type { Change, Envelope, Grant, Row } from "./Row.ts"
import type { Stand } from "./stand.ts"

/** A channel, and the gateway at its end, with what that grants. */
export interface Way {
  readonly grant: Grant
  readonly channel: Channel
  readonly stand: Stand
}

const pathOf = ({ rpc }: Cell) =>
  `/${EdgeGateway.typeName}/${EdgeGateway.method[rpc === "unary" ? "executeCommand" : "subscribeEvents"].name}`

const encoded = ({ codec }: Cell, envelope: Envelope): Uint8Array => {
  const message = create(ExecuteCommandRequestSchema, envelope)
  return codec === "proto"
    ? toBinary(ExecuteCommandRequestSchema, message)
    : Buffer.from(toJsonString(ExecuteCommandRequestSchema, message))
}

const sendingOf = (cell: Cell, change: Change, envelope: Envelope): Sending => {
  const usual = encoded(cell, envelope)
  const whole = bodyOf(cell, change.message?.(usual) ?? usual)
  const body = change.body?.(whole) ?? whole
  const headers = Object.entries({ ...headOf(cell), ...change.headers })
  return {
    method: change.method ?? "POST",
    path: change.path?.(pathOf(cell)) ?? pathOf(cell),
    headers: Object.fromEntries(headers.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    parts: change.parts?.(body) ?? [body],
    ends: change.staysOpen !== true,
    leaves: change.leaves ?? (cell.rpc === "stream" ? hasBegun : () => false),
    goes: change.goes
  }
}

const envelopeFor = ({ rpc }: Cell, { wish }: Change): Envelope =>
  envelopeOf({ ...(rpc === "stream" ? { messageType: "gateway.subscribe" } : {}), ...wish })

const call = async (row: Row, cell: Cell, { channel, stand }: Way): Promise<void> => {
  const change = row.send(cell, stand)
  const envelope = envelopeFor(cell, change)
  const sending = sendingOf(cell, change, envelope)
  if (change.first !== undefined) {
    await channel.exchange(sendingOf(cell, change.first, envelopeFor(cell, change.first)))
  }
  let exchange: Exchange | undefined
  for (let time = 0; time < (change.times ?? 1); time++) exchange = await channel.exchange(sending)
  await change.meanwhile?.()
  const expected = typeof row.expect === "function" ? row.expect(cell, channel) : row.expect
  if (exchange === undefined || (exchange.cut && expected.mayBeCut === true)) return
  if (expected.code !== "ok") assert.isFalse(exchange.cut, "the answer was cut off")
  check(cell, read(cell, exchange), expected, envelope)
}

const suits = (row: Row, cell: Cell, channel: Channel): boolean =>
  (row.in?.(cell) ?? true) && (row.on?.(channel) ?? (cell.protocol !== "gRPC" || channel.isHttp2))

/** Runs a row everywhere; fails with what is said instead, and in which cells. */
export const run = async (row: Row, ways: ReadonlyArray<Way>): Promise<void> => {
  const failures = new Map<string, Array<string>>()
  await Promise.all(
    ways.flatMap((way) =>
      cells
        .filter((cell) => way.grant === (row.grant ?? "usual") && suits(row, cell, way.channel))
        .map((cell) =>
          call(row, cell, way).catch((error: unknown) => {
            const { codec, encoding, protocol, rpc } = cell
            const said = error instanceof Error ? error.message : String(error)
            const where = `${protocol} ${rpc}, ${codec}, ${encoding}, ${way.channel.name}`
            failures.set(said, [...(failures.get(said) ?? []), where])
          })
        )
    )
  )
  const told = [...failures].map(([said, where]) => `${said}\n  in ${where.length} cells: ${where.join("; ")}`)
  if (told.length > 0) assert.fail(told.join("\n"))
}
