/**
 * `watch`: asks again and again, and prints what is different. It compares bounded lists: what is beyond them isn't
 * watched.
 */
import { Clock, Effect, type Schema } from "effect"
import { type AnyInput, Api } from "../client/Api.ts"
import { LocalFailure, NoAnswer, Usage } from "../failures.ts"
import { durationMs } from "../globals.ts"
import type { Operation } from "../operations/types.ts"
import { cellOf, fieldAt } from "../output/cells.ts"
import { Output } from "../output/Output.ts"
import { safeLine } from "../output/safe.ts"
import { withServices } from "./services.ts"
import { targetId } from "./targets.ts"

/** When to end; never by itself without either. */
export interface WatchFlags {
  /** `FIELD=VALUE`. */
  readonly until: string | undefined
  /** A time such as `10m`. */
  readonly longest: string | undefined
}

type Row = Readonly<Record<string, Schema.Json>>

interface Watched {
  readonly operation: Operation
  readonly rows: string
  readonly id: string
  readonly name: string | undefined
  /** Fields whose changes are told. */
  readonly fields: ReadonlyArray<string>
  /** Queries that are asked one after another. */
  readonly queries: ReadonlyArray<NonNullable<AnyInput["query"]>>
}

const pause = "2 seconds"
const pageSize = 200
const mostPages = 5
/** Failures in a row after which it gives up: the calls themselves have been repeated before. */
const mostFailures = 5

const gameFields = ["status", "current_turn", "runtime_status", "next_turn_at", "member_count", "failure_reason"]
const present = ["draft", "enrollment_open", "ready_to_start", "starting", "start_failed", "running", "paused"]

const lists: Readonly<Record<"games" | "mail" | "audit", Watched>> = {
  games: {
    operation: "adminGames.list",
    rows: "games",
    id: "game_id",
    name: "game_name",
    fields: gameFields,
    queries: present.map((status) => ({ status }))
  },
  mail: {
    operation: "adminMail.deliveries",
    rows: "deliveries",
    id: "delivery_id",
    name: "template_id",
    fields: ["status", "attempts"],
    queries: [{}]
  },
  audit: {
    operation: "adminAudit.list",
    rows: "audit",
    id: "audit_id",
    name: "action",
    fields: ["actor", "target_kind", "target_id", "reason"],
    queries: [{}]
  }
}

const conditionOf = Effect.fnUntraced(function* (until: string | undefined) {
  if (until === undefined) return undefined
  const [, field, value] = /^([a-z_.]+)=(.*)$/.exec(until) ?? []
  return field === undefined || value === undefined
    ? yield* new Usage({ message: `--until must be FIELD=VALUE such as status=running, not "${until}".` })
    : { field, value }
})

const deadlineOf = Effect.fnUntraced(function* (longest: string | undefined) {
  if (longest === undefined) return undefined
  const ms = durationMs(longest)
  if (ms === undefined) return yield* new Usage({ message: `--for must be a time such as 10m, not "${longest}".` })
  return (yield* Clock.currentTimeMillis) + ms
})

const idOf = (row: Row, field: string): string => cellOf(row[field], plain)

const plain = { now: 0, times: "iso", zone: "UTC" } as const

/** Reads rows again and again. The first rows are only remembered, unless `tellFirst`. */
const follow = Effect.fnUntraced(function* <E, R>(
  read: Effect.Effect<ReadonlyArray<Row>, E, R>,
  { id, name, fields }: Pick<Watched, "id" | "name" | "fields">,
  flags: WatchFlags,
  tellFirst: boolean
) {
  const output = yield* Output
  const condition = yield* conditionOf(flags.until)
  const deadline = yield* deadlineOf(flags.longest)
  let known: ReadonlyMap<string, Row> | undefined
  let failures = 0

  const tell = Effect.fnUntraced(function* (row: Row, before: Row | undefined) {
    const changed = fields.filter((it) => row[it] !== undefined && row[it] !== before?.[it])
    if (before !== undefined && changed.length === 0 && fields.every((it) => row[it] === before[it])) return
    const gone = before === undefined ? [] : fields.filter((it) => before[it] !== undefined && row[it] === undefined)
    const at = new Date(yield* Clock.currentTimeMillis).toISOString()
    const changes = Object.fromEntries([
      ...changed.map((it) => [it, { from: before?.[it] ?? null, to: row[it] ?? null }] as const),
      ...gone.map((it) => [it, { from: before?.[it] ?? null, to: null }] as const)
    ])
    const words = Object.entries(changes).map(([field, { from, to }]) =>
      from === null ? `${field} ${cellOf(to, plain)}` : `${field} ${cellOf(from, plain)} → ${cellOf(to, plain) || "–"}`
    )
    const title = name === undefined ? "" : ` ${cellOf(row[name], plain)}`
    yield* output.change(
      { at, id: row[id] ?? null, new: before === undefined, changes },
      `${at}  ${cellOf(row[id], plain)}${title}: ${words.join(", ")}`
    )
  })

  for (;;) {
    const outcome = yield* Effect.result(read)
    if (outcome._tag === "Failure") {
      const { failure } = outcome
      failures++
      if (!(failure instanceof NoAnswer) || failures >= mostFailures) return yield* Effect.fail(failure)
      yield* output.note(`${safeLine(failure.message)} Trying again.`)
    } else {
      failures = 0
      const before = known
      // Oldest first, as they happened.
      for (const row of outcome.success.toReversed()) {
        if (before !== undefined || tellFirst) yield* tell(row, before?.get(idOf(row, id)))
      }
      known = new Map(outcome.success.map((row) => [idOf(row, id), row]))
      const met =
        condition !== undefined &&
        outcome.success.some((row) => cellOf(fieldAt(row, condition.field), plain) === condition.value)
      if (met) return yield* output.result({ met: true, until: flags.until ?? null })
    }
    if (output.closed()) return
    if (deadline !== undefined && (yield* Clock.currentTimeMillis) >= deadline) {
      if (condition === undefined) return yield* output.result({ met: null })
      return yield* new LocalFailure({
        message: `It didn't come to ${flags.until ?? ""} within ${flags.longest ?? ""}.`
      })
    }
    yield* Effect.sleep(pause)
  }
})

/** Watches one game; what it is at first is told too. */
export const watchGame = (game: string, flags: WatchFlags) =>
  withServices(
    Effect.gen(function* () {
      const { callAny } = yield* Api
      const id = yield* targetId("game", game)
      const read = Effect.map(callAny("adminGames.get", { params: { game_id: id } }), (it) => [it])
      yield* follow(read, { id: "game_id", name: "game_name", fields: gameFields }, flags, true)
    })
  )

/** Watches a list. */
export const watchList = (what: keyof typeof lists, flags: WatchFlags) =>
  withServices(
    Effect.gen(function* () {
      const api = yield* Api
      const it = lists[what]
      const page = (query: NonNullable<AnyInput["query"]>, cursor: string | undefined) =>
        api.page(
          it.operation,
          { query: { ...query, limit: String(pageSize), ...(cursor === undefined ? {} : { cursor }) } },
          it.rows
        )
      /** A game that no list shows any more. */
      const gone = (id: string) =>
        api.callAny("adminGames.get", { params: { game_id: id } }).pipe(
          Effect.catchIf(
            (failure) => failure._tag === "Refused" && failure.code === "not_found",
            () => Effect.succeed(undefined)
          )
        )
      const all = Effect.fnUntraced(function* (query: NonNullable<AnyInput["query"]>) {
        const rows: Array<Row> = []
        let cursor: string | undefined
        // Audit rows never change, and those of before aren't told: the newest page is enough.
        for (let count = 0; count < (what === "games" ? mostPages : 1); count++) {
          const answer = yield* page(query, cursor)
          for (const row of answer.items) {
            if (typeof row === "object" && row !== null && !Array.isArray(row)) rows.push(row as Row)
          }
          cursor = answer.next
          if (cursor === undefined) break
        }
        return rows
      })
      let listed: ReadonlyMap<string, Row> = new Map()
      const read = Effect.gen(function* () {
        const pages = yield* Effect.forEach(it.queries, all)
        // One that went from state to state meanwhile may be in two lists, or in none.
        const rows = new Map(pages.flat().map((row) => [idOf(row, it.id), row]))
        const lists = new Map(rows)
        if (what === "games") {
          for (const id of listed.keys()) {
            if (rows.has(id)) continue
            const row = yield* gone(id)
            if (row === undefined) continue
            rows.set(id, row)
            // Over, or only moved: the latter stays watched until the lists show it again.
            if (present.includes(cellOf(row["status"], plain)) && row["status"] !== listed.get(id)?.["status"]) {
              lists.set(id, row)
            }
          }
        }
        listed = lists
        return [...rows.values()]
      })
      yield* follow(read, it, flags, false)
    })
  )
