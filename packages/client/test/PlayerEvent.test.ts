import { decode, type EventOf, type PlayerEvent, type UnknownEvent } from "@galaxy/client/PlayerEvent"
import {
  type EventKind,
  eventTables,
  type GatewayEventKind,
  gatewayEventTables
} from "@galaxy/contract/events/EventKinds"
import type { EventPayloads } from "@galaxy/contract/events/EventPayloads"
import * as codec from "@galaxy/contract/fbs/codec"
import type { TableValue } from "@galaxy/contract/fbs/TableValue"
import { type TableName, tables } from "@galaxy/contract/gen/fbs-tables"
import type { GatewayEvent } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import * as TableValues from "@galaxy/testkit/tableValues"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { Effect } from "effect"

const received = (eventType: string, payloadBytes: Uint8Array) =>
  ({ eventType, eventId: "e", sequence: 7n, timestampMs: 8n, payloadBytes }) as GatewayEvent

const told = (event: PlayerEvent): string => {
  switch (event.kind) {
    case "game.turn.ready":
      expectTypeOf(event.payload).toEqualTypeOf<{ readonly game_id: string; readonly turn: number }>()
      return `turn ${event.payload.turn}`
    case "lobby.race_name.registered":
      expectTypeOf(event.payload).toEqualTypeOf<{ readonly race_name: string }>()
      return event.payload.race_name
    case "gateway.gap":
      return `from ${event.payload.first_missing}`
    case "unknown":
      expectTypeOf(event).toEqualTypeOf<UnknownEvent>()
      expectTypeOf(event.payload).toEqualTypeOf<unknown>()
      return event.type
    default:
      return event.kind
  }
}

it("a test of the kind gives the payload its type, and every kind has one", () => {
  // @ts-expect-error a kind that doesn't exist is a mistake
  void ((event: PlayerEvent) => event.kind === "game.turn.redy")
  // @ts-expect-error a payload isn't read before its kind is known
  void ((event: PlayerEvent) => event.payload.turn)

  expectTypeOf<keyof EventPayloads>().toEqualTypeOf<EventKind | GatewayEventKind>()
  expectTypeOf<PlayerEvent["kind"]>().toEqualTypeOf<EventKind | "gateway.gap" | "unknown">()
  // A kind without a type would be a key here.
  type Untyped = {
    [Kind in keyof EventPayloads]: [EventPayloads[Kind]] extends [never]
      ? Kind
      : unknown extends EventPayloads[Kind]
        ? Kind
        : never
  }[keyof EventPayloads]
  expectTypeOf<Untyped>().toEqualTypeOf<never>()

  // What may be absent, what has a default, and what lies within.
  expectTypeOf<EventOf<"game.finished">["payload"]>().toEqualTypeOf<{
    readonly game_id: string
    readonly game_name: string
    readonly turn: number
  }>()
  expectTypeOf<TableValue<"galaxy.games.Ready">["ready"]>().toEqualTypeOf<boolean>()
  expectTypeOf<TableValue<"galaxy.games.OrdersAnswer">["revision"]>().toEqualTypeOf<number | undefined>()
  expectTypeOf<TableValue<"galaxy.games.OrdersAnswer">["verdicts"][number]["code"]>().toEqualTypeOf<
    string | undefined
  >()
  expectTypeOf<TableValue<"galaxy.notices.Notice">["payload"]>().toEqualTypeOf<codec.JsonObject>()

  const envelope = { id: "e", sequence: 1, timestampMs: 1, payloadBytes: new Uint8Array() }
  const kind = "game.turn.ready" as const
  assert.strictEqual(told({ ...envelope, kind, type: kind, payload: { game_id: "g", turn: 3 } }), "turn 3")
  assert.strictEqual(told({ ...envelope, kind: "unknown", type: "later", payload: undefined }), "later")
})

describe("an event", () => {
  for (const [kind, table] of Object.entries({ ...eventTables, ...gatewayEventTables })) {
    it.effect(`of kind ${kind} has the payload of its table`, () =>
      Effect.gen(function* () {
        const given = TableValues.object(new SeededRandom(kind.length), tables, table)
        const event = yield* decode(received(kind, codec.encode(tables, table, given)))
        const { type, id, sequence, timestampMs } = event
        assert.deepStrictEqual([event.kind, type, id, sequence, timestampMs], [kind, kind, "e", 7, 8])
        assert.deepStrictEqual(event.payload, TableValues.withDefaults(tables, table, given))
      })
    )
  }

  it.effect("of a kind that this version doesn't know is handed on, and says which it is", () =>
    Effect.gen(function* () {
      const bytes = codec.encode(tables, "galaxy.common.Empty" satisfies TableName, {})
      for (const type of ["game.later.kind", "toString"]) {
        const event = yield* decode(received(type, bytes))
        assert.deepInclude(event, { kind: "unknown", type, payload: undefined, payloadBytes: bytes })
      }
    })
  )

  it.effect("with another payload than its kind's is not trusted", () =>
    Effect.gen(function* () {
      const event = received("game.turn.ready", new Uint8Array(3))
      assert.strictEqual((yield* Effect.flip(decode(event)))._tag, "Untrusted")
    })
  )
})
