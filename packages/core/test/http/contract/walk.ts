/**
 * Walks every operation of the OpenAPI document with valid and spoilt requests, and holds each answer against it.
 *
 * New operations are covered by themselves. `world.ts` says where the ids for their parameters are found.
 */
import * as OpenApiDocument from "@galaxy/contract/openapi/OpenApiDocument"
import type { Operation } from "@galaxy/contract/openapi/OpenApiDocument"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Effect } from "effect"
import { type Answer, type As, type Call, Raw } from "../platform.ts"
import { type Request, spoilt, uuid, valid } from "./requests.ts"
import { problemsOf, resolve } from "./validate.ts"
import { make, type World } from "./world.ts"

export const document = OpenApiDocument.make()

export interface Op {
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly operation: Operation
}

/** All operations of a backend but the probes. */
export const operations: ReadonlyArray<Op> = Object.entries(document.paths)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, tag: operation.tags[0] ?? "", operation }))
  )
  .filter(({ path, tag }) => path.startsWith("/api/") && tag !== "Gateway")

/** What is wrong with an answer, by the document. */
export const faultsOf = (op: Op, answer: Answer): ReadonlyArray<string> => {
  const response = resolve(document, op.operation.responses[String(answer.status)])
  if (answer.status >= 500) return [`is ${answer.status}`]
  if (response["description"] === undefined) return [`has the undocumented status ${answer.status}`]
  const content = response["content"] as Readonly<Record<string, { readonly schema: unknown }>> | undefined
  const faults = answer.headers.get("x-request-id") === null ? ["has no x-request-id"] : []
  if (content === undefined) return faults
  const type = answer.headers.get("content-type")?.split(";")[0] ?? ""
  const schema = content[type]?.schema
  return schema === undefined ? [...faults, `is ${type}`] : [...faults, ...problemsOf(document, schema, answer.body)]
}

const shown = (op: Op, as: As, { path, body }: Request): string =>
  `${op.method.toUpperCase()} ${path} as ${JSON.stringify(as)} with ${body instanceof Raw ? `${body.type} ${body.text}` : JSON.stringify(body)}`.slice(
    0,
    500
  )

const callerOf = (random: SeededRandom, world: World, tag: string): As => {
  if (tag === "Admin") return "admin"
  if (tag !== "User") return "gateway"
  return { user: random.pick([world.owner, world.owner, world.member, world.guest, world.stranger]) }
}

/**
 * Sends `count` requests to each operation, every second one spoilt. Returns what is wrong with the answers, and which
 * operations have succeeded.
 */
export const walk = Effect.fnUntraced(function* (call: Call, seed: number, count: number, opsPerWorld = 1) {
  const random = new SeededRandom(seed)
  const faults: Array<string> = []
  const succeeded = new Set<string>()
  const statuses: Record<number, number> = {}
  let world: World | undefined
  for (const [index, op] of operations.entries()) {
    if (world === undefined || index % opsPerWorld === 0) world = yield* make(call)
    for (let i = 0; i < count; i++) {
      const as = callerOf(random, world, op.tag)
      const good = valid(document, random, world.pools, op.path, op.operation)
      const request = i % 2 === 0 ? good : spoilt(random, op.method, op.path, good)
      const answer = yield* call(as, op.method.toUpperCase(), request.path, request.body)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      if (answer.status < 300) succeeded.add(op.operation.operationId)
      for (const fault of faultsOf(op, answer)) faults.push(`${shown(op, as, request)}: ${fault}`)
    }
  }
  return { faults, succeeded, statuses }
})

/** Calls each operation without its credentials. Returns those that don't refuse. */
export const openOperations = Effect.fnUntraced(function* (call: Call, seed: number) {
  const random = new SeededRandom(seed)
  const world = yield* make(call)
  const open: Array<string> = []
  for (const op of operations) {
    const request = valid(document, random, world.pools, op.path, op.operation)
    const strangers: ReadonlyArray<As> =
      op.tag === "Admin"
        ? ["nobody", "gateway", { user: world.owner }]
        : op.tag === "User"
          ? ["nobody", "gateway", "admin", { user: uuid(random) as World["owner"] }]
          : ["nobody", "admin"]
    for (const as of strangers) {
      const { status, body } = yield* call(as, op.method.toUpperCase(), request.path, request.body)
      const isRefused = status === 401 || (as === "gateway" && op.tag === "User" && status === 400)
      if (!isRefused || body.error === undefined) open.push(`${shown(op, as, request)}: ${status}`)
    }
  }
  return open
})

const ids = new Set(["game_id", "invite_id", "membership_id", "application_id", "device_session_id"])

/**
 * A stranger asks for objects of others and for objects that don't exist. Returns where the two can be told apart.
 */
export const probeable = Effect.fnUntraced(function* (call: Call, seed: number, count: number) {
  const random = new SeededRandom(seed)
  const told: Array<string> = []
  // A stranger changes nothing, so one world is enough.
  const world = yield* make(call)
  for (const op of operations.filter((it) => it.tag === "User")) {
    const named = op.operation.parameters.filter((it) => it.in === "path" && ids.has(it.name)).map((it) => it.name)
    if (named.length === 0) continue
    const mine = { user: world.stranger }
    for (let i = 0; i < count; i++) {
      const { draft, open, running } = world.games
      // Whoever knows the code of an invite is no stranger.
      const foreign = { ...world.pools, game_id: [random.pick([draft, open, running])], code: [] }
      const request = valid(document, random, foreign, op.path, op.operation)
      const template = op.path.split("/")
      const missing = request.path
        .split("/")
        .map((part, index) => (named.includes(template[index]?.slice(1, -1) ?? "") ? uuid(random) : part))
        .join("/")
      const [one, other] = [
        yield* call(mine, op.method.toUpperCase(), request.path, request.body),
        yield* call(mine, op.method.toUpperCase(), missing, request.body)
      ]
      if (one.status !== other.status || JSON.stringify(one.body) !== JSON.stringify(other.body)) {
        told.push(
          `${shown(op, mine, request)}: ${one.status} ${JSON.stringify(one.body)} or ${other.status} ${JSON.stringify(other.body)}`
        )
      }
    }
  }
  return told
})

/** A player deletes their account. Returns the operations that still know of it. */
export const afterDeletion = Effect.fnUntraced(function* (call: Call, seed: number) {
  const random = new SeededRandom(seed)
  const world = yield* make(call)
  const gone = { user: world.member }
  const [session] = (yield* call(gone, "GET", "/api/v1/user/sessions")).body.sessions
  const deleted = yield* call(gone, "POST", "/api/v1/user/account/delete", {})
  const left: Array<string> = deleted.status < 300 ? [] : [`deletion is ${deleted.status}`]
  for (const op of operations.filter((it) => it.tag === "User")) {
    const request = valid(document, random, world.pools, op.path, op.operation)
    const { status } = yield* call(gone, op.method.toUpperCase(), request.path, request.body)
    if (status !== 401) left.push(`${shown(op, gone, request)}: ${status}`)
  }
  const internal = yield* call("gateway", "GET", `/api/v1/internal/users/${world.member}/account-internal`)
  if (internal.status !== 404) left.push(`the internal account is ${internal.status}`)
  const looked = yield* call("gateway", "GET", `/api/v1/internal/sessions/${session.device_session_id}`)
  if (looked.body.status !== "revoked") left.push(`the session is ${JSON.stringify(looked.body)}`)
  for (const game of [world.games.open, world.games.running]) {
    const { body } = yield* call({ user: world.owner }, "GET", `/api/v1/user/lobby/games/${game}/memberships`)
    for (const it of body.memberships) {
      if (it.user_id === world.member && it.status === "active") left.push(`still active in ${game}`)
    }
  }
  return left
})
