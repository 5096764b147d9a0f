/**
 * Calls to an engine as the platform makes them, and what holds for every answer.
 *
 * Each call uses a new connection and is bounded in time and size; beyond these bounds it fails with `NoAnswer`.
 */
import { request } from "node:http"
import * as assert from "../../internal/assert.ts"
import { type ApiErrorCode, ErrorEnvelope, statusOf } from "@galaxy/contract/api/ApiError"
import { EngineStatus } from "@galaxy/contract/engine/Admin"
import { OrderVerdict } from "@galaxy/contract/engine/Order"
import { defaults } from "@galaxy/core/engine/EngineSettings"
import { Data, Effect, Schema } from "effect"
import type { JsonFields, RunningEngine } from "./Check.ts"

/** A complete HTTP answer, whatever its status, not yet parsed. */
export interface CallAnswer {
  /** The call, for messages: `GET /healthz`. */
  readonly of: string
  readonly status: number
  /** The content type, empty if there is none. */
  readonly type: string
  readonly text: string
}

/** The connection failed, or the answer came too late or was too large. */
export class NoAnswer extends Data.TaggedError("NoAnswer")<{ readonly of: string; readonly reason: string }> {
  override get message(): string {
    return `${this.of}: ${this.reason}`
  }
}

/** A request body, sent exactly like this. `type` is its content type, JSON if absent. */
export interface Sent {
  readonly text: string
  readonly type?: string
}

/** Calls that may take as long as a turn. */
const slow = new Set(["POST /api/v1/admin/init", "POST /api/v1/admin/turn"])

/** A call with any method, path and body. An empty `authorization` sends no such header. */
export const send = (
  engine: RunningEngine,
  method: string,
  path: string,
  body?: Sent,
  authorization = `Bearer ${engine.token}`
) => {
  const of = `${method} ${path}`
  return Effect.callback<CallAnswer, NoAnswer>((resume) => {
    const fail = (reason: string) => resume(new NoAnswer({ of, reason }))
    const headers = {
      ...(body === undefined ? {} : { "content-type": body.type ?? "application/json" }),
      ...(authorization === "" ? {} : { authorization })
    }
    let begun = false
    const sent = request(new URL(path, engine.baseUrl), { method, headers, agent: false }, (response) => {
      begun = true
      const parts: Array<Buffer> = []
      let size = 0
      response.on("data", (part: Buffer) => {
        size += part.byteLength
        if (size <= defaults.maxAnswerBytes) parts.push(part)
        else response.destroy(new Error(`the answer has more than ${defaults.maxAnswerBytes} bytes`))
      })
      response.on("error", (error) => fail(error.message))
      response.on("end", () =>
        resume(
          Effect.succeed({
            of,
            status: response.statusCode ?? 0,
            type: response.headers["content-type"] ?? "",
            text: Buffer.concat(parts).toString("utf8")
          })
        )
      )
    })
    // An engine may refuse a body before all of it is written: then the answer counts, not the broken pipe.
    sent.on("error", (error) => {
      if (!begun) fail(error.message)
    })
    sent.end(body?.text)
    return Effect.sync(() => sent.destroy())
  }).pipe(
    Effect.timeoutOrElse({
      duration: slow.has(of) ? defaults.turnTimeout : defaults.callTimeout,
      orElse: () => new NoAnswer({ of, reason: "no answer in time" })
    })
  )
}

const call = (engine: RunningEngine, method: string, path: string, body?: unknown) =>
  send(engine, method, path, body === undefined ? undefined : { text: JSON.stringify(body) })

const query = (race: string, turn: number | string | undefined) =>
  new URLSearchParams(turn === undefined ? { race } : { race, turn: String(turn) }).toString()

/** `GET /healthz`. */
export const health = (engine: RunningEngine) => call(engine, "GET", "/healthz")
/** Creates the galaxy; called again for the same game, the engine must return the same status. */
export const init = (engine: RunningEngine, body: unknown) => call(engine, "POST", "/api/v1/admin/init", body)
/** The game's status after its newest turn. */
export const status = (engine: RunningEngine) => call(engine, "GET", "/api/v1/admin/status")
/** Makes exactly the turn `number`, which may also be malformed. */
export const turn = (engine: RunningEngine, number: unknown) =>
  call(engine, "POST", "/api/v1/admin/turn", { turn: number })
/** Removes a race from the game. */
export const banish = (engine: RunningEngine, race: string) =>
  call(engine, "POST", "/api/v1/admin/race/banish", { race })
/** Appends orders to a race's list of the open turn, all or none. */
export const command = (engine: RunningEngine, body: unknown) => call(engine, "POST", "/api/v1/command", body)
/** Replaces a race's list of orders of the open turn. */
export const order = (engine: RunningEngine, body: unknown) => call(engine, "PUT", "/api/v1/order", body)
/** Reads a race's orders of a turn back; of the open turn if `number` is absent. */
export const orders = (engine: RunningEngine, race: string, number?: number) =>
  call(engine, "GET", `/api/v1/order?${query(race, number)}`)
/** Reads a race's report of a turn; the newest if `number` is absent. */
export const report = (engine: RunningEngine, race: string, number?: number | string) =>
  call(engine, "GET", `/api/v1/report?${query(race, number)}`)

const parsed = (answer: CallAnswer): JsonFields => {
  assert.match(answer.type, /^application\/json\b/, `${answer.of}: content-type`)
  const json: unknown = (() => {
    try {
      return JSON.parse(answer.text) as unknown
    } catch {
      return undefined
    }
  })()
  assert.isTrue(typeof json === "object" && json !== null && !Array.isArray(json), `${answer.of}: not a JSON object`)
  return json as JsonFields
}

/** Asserts status 200 and a JSON object, and returns the object. */
export const object = (answer: CallAnswer): JsonFields => {
  assert.strictEqual(answer.status, 200, `${answer.of}: ${answer.text.slice(0, 300)}`)
  return parsed(answer)
}

const isEnvelope = Schema.is(ErrorEnvelope)

/** Asserts that the call was refused with this code, the code's status and the error envelope. */
export const refused = (answer: CallAnswer, code: ApiErrorCode, why = ""): void => {
  const about = `${answer.of}${why === "" ? "" : ` (${why})`}`
  assert.strictEqual(answer.status, statusOf[code], `${about}: ${answer.text.slice(0, 300)}`)
  const body = parsed(answer)
  if (!isEnvelope(body)) return assert.fail(`${about}: no {"error":{"code","message"}}: ${answer.text.slice(0, 300)}`)
  assert.strictEqual(body.error.code, code, about)
  assert.isNotEmpty(body.error.message, `${about}: an error says what is wrong`)
}

/** A race's orders as any engine returns them: the contents of an order are up to the engine. */
const Orders = Schema.Struct({
  race: Schema.String,
  turn: Schema.Int,
  orders: Schema.Array(Schema.Record(Schema.String, Schema.Unknown)),
  verdicts: Schema.Array(OrderVerdict)
})

const decodeStatus = Schema.decodeUnknownSync(EngineStatus)
const decodeOrders = Schema.decodeUnknownSync(Orders)

/** Decodes the answer. A failure names the call and what is wrong in its answer. */
const decoded = <A>(decode: (json: unknown) => A, answer: CallAnswer): A => {
  const json = object(answer)
  try {
    return decode(json)
  } catch (error) {
    return assert.fail(`${answer.of}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Asserts that the answer is a game's status, and returns it. */
export const statusIn = (answer: CallAnswer): EngineStatus => decoded(decodeStatus, answer)

/** Asserts that the answer holds a race's orders, with one verdict for each in the same order, and returns them. */
export const ordersIn = (answer: CallAnswer): typeof Orders.Type => {
  const found = decoded(decodeOrders, answer)
  assert.deepStrictEqual(
    found.verdicts.map((it) => it.position),
    found.orders.map((_, index) => index),
    `${answer.of}: one verdict per order, each with its order's position`
  )
  for (const { accepted, code, message, position } of found.verdicts) {
    if (accepted) continue
    assert.isOk(code, `${answer.of}: the refused order ${position} has a code`)
    assert.isOk(message, `${answer.of}: the refused order ${position} has a message`)
  }
  return found
}
