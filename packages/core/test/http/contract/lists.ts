/** Walks every list of the OpenAPI document page by page, while rows are added. */
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Effect } from "effect"
import type { As, Call } from "../platform.ts"
import { valid } from "./requests.ts"
import { isObject, resolve } from "./validate.ts"
import { document, type Op, operations } from "./walk.ts"
import { make, type World } from "./world.ts"

/** Every operation that takes a cursor. */
export const lists = operations.filter((it) => it.operation.parameters.some(({ name }) => name === "cursor"))

/** The name of the field that has the rows. */
const rowsField = (op: Op): string => {
  const answer = resolve(document, op.operation.responses["200"])
  const content = answer["content"] as Readonly<Record<string, { readonly schema: unknown }>>
  const properties = resolve(document, content["application/json"]?.schema)["properties"]
  const found = Object.entries(isObject(properties) ? properties : {}).find(
    ([, schema]) => resolve(document, schema)["type"] === "array"
  )
  return found?.[0] ?? ""
}

/** What tells the rows of a list apart. */
const keyOf = (row: unknown): string => {
  if (!isObject(row)) return JSON.stringify(row)
  const own = ["id", "username", "version", "sequence", ...Object.keys(row).filter((it) => it.endsWith("_id"))]
  return JSON.stringify(own.flatMap((it) => (row[it] === undefined ? [] : [row[it]])))
}

interface Page {
  readonly rows: ReadonlyArray<string>
  readonly next: string | undefined
}

const page = Effect.fnUntraced(function* (call: Call, as: As, op: Op, path: string, query: string) {
  const answer = yield* call(as, "GET", `${path}?${query}`)
  const rows: ReadonlyArray<unknown> = answer.body[rowsField(op)] ?? []
  return { rows: rows.map(keyOf), next: answer.body.next_cursor } satisfies Page
})

const callersOf = (op: Op, world: World): ReadonlyArray<As> =>
  op.tag === "Admin" ? ["admin"] : [world.owner, world.member, world.guest, world.stranger].map((user) => ({ user }))

/** The longest list that the world has for this operation: who sees it, and under which path. */
const longest = Effect.fnUntraced(function* (call: Call, op: Op, world: World, random: SeededRandom) {
  let best: { as: As; path: string; rows: ReadonlyArray<string> } | undefined
  const withoutQuery = { ...op.operation, parameters: op.operation.parameters.filter((it) => it.in === "path") }
  for (let i = 0; i < (op.path.includes("{") ? 12 : 1); i++) {
    const { path } = valid(document, random, world.pools, op.path, withoutQuery)
    for (const as of callersOf(op, world)) {
      const { rows } = yield* page(call, as, op, path, "limit=200")
      if (rows.length > (best?.rows.length ?? -1)) best = { as, path, rows }
    }
  }
  return best
})

/** Returns what is wrong with the pages of each list, and the lists that have too few rows to tell. */
export const walkLists = Effect.fnUntraced(function* (call: Call, seed: number) {
  const random = new SeededRandom(seed)
  const faults: Array<string> = []
  const short: Array<string> = []
  const world = yield* make(call, yield* make(call))
  for (const op of lists) {
    const found = yield* longest(call, op, world, random)
    if (found === undefined || found.rows.length < 2) short.push(op.operation.operationId)
    if (found === undefined) continue
    const { as, path, rows } = found
    for (const size of [1, 3]) {
      const seen: Array<string> = []
      let cursor: string | undefined
      // Rows that come later than the first page are newer, and so belong before it.
      for (let number = 0; number < 20; number++) {
        const query: string = `limit=${size}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`
        const next: Page = yield* page(call, as, op, path, query)
        if (next.rows.length > size) faults.push(`${op.path} has ${next.rows.length} rows in a page of ${size}`)
        seen.push(...next.rows)
        cursor = next.next
        if (cursor === undefined) break
        if (number === 0 && size === 1) yield* make(call, world)
      }
      const wanted = size === 1 ? rows : (yield* page(call, as, op, path, "limit=200")).rows
      const compared = Math.min(seen.length, wanted.length)
      if (
        new Set(seen).size !== seen.length ||
        (cursor === undefined && seen.length !== wanted.length) ||
        JSON.stringify(seen.slice(0, compared)) !== JSON.stringify(wanted.slice(0, compared))
      ) {
        faults.push(`${op.path} by pages of ${size}: ${seen.join()} instead of ${wanted.join()}`.slice(0, 800))
      }
    }
    // Nothing is there under this path: its answer says so, whatever the cursor.
    if ((yield* call(as, "GET", path)).status >= 400) continue
    for (const bad of ["bm8", "%00", "x".repeat(400)]) {
      const answer = yield* call(as, "GET", `${path}?cursor=${bad}`)
      if (answer.body.error?.code !== "invalid_request") faults.push(`${op.path} takes the cursor ${bad}`)
    }
    for (const limit of ["0", "201", "-1", "x"]) {
      const answer = yield* call(as, "GET", `${path}?limit=${limit}`)
      if (answer.body.error?.code !== "invalid_request") faults.push(`${op.path} takes the limit ${limit}`)
    }
  }
  return { faults, short }
})
