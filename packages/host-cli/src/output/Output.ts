/**
 * The one place where data becomes output. Commands hand over JSON; this writes it as text, one document or a stream.
 *
 * Standard output holds data alone. Notes, questions and errors go to standard error, so that a program never takes one
 * for the other.
 */
import { Clock, Context, Effect, Fiber, Layer, type Schema } from "effect"
import { Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { cellOf, fieldAt, linesOf, type Writing } from "./cells.ts"
import { Closing } from "./closing.ts"
import { jsonText } from "./safe.ts"
import { columnOf, fitting, lineOf, widthsOf } from "./table.ts"

/** One page of a list. */
export interface Page {
  readonly items: ReadonlyArray<Schema.Json>
  /** The cursor of the next page; undefined on the last one. */
  readonly next: string | undefined
}

/** How a list is shown as text. */
export interface ListView {
  readonly columns: ReadonlyArray<string>
  readonly wide?: ReadonlyArray<string> | undefined
  /** More fields that rows may have; read only for a column that isn't known otherwise. */
  readonly more?: Effect.Effect<ReadonlyArray<string>>
  /** A sentence for an empty list, in a terminal. */
  readonly empty?: string
}

/** Reads the page after a cursor, with at most so many items. */
export type ReadPage<E, R> = (cursor: string | undefined, limit: number) => Effect.Effect<Page, E, R>

const largestPage = 200
const limitInTerminal = 100

const make = Effect.gen(function* () {
  const host = yield* Host
  const globals = yield* Globals
  const terminal = host.stdout.isTerminal
  const print = (text: string) => host.stdout.write(text)
  const tell = (text: string) => (globals.quiet ? Effect.void : host.stderr.write(`${text}\n`))
  const dim = (text: string) => (globals.color ? `\u001b[2m${text}\u001b[22m` : text)
  const closing = yield* Closing
  const line = (type: "change" | "result", data: Schema.Json) => {
    if (type === "result") closing.written = true
    return print(`${jsonText({ type, data })}\n`)
  }

  const writingFor = (data: unknown, times: "near" | "full") =>
    Effect.map(Clock.currentTimeMillis, (now): Writing => {
      const own = fieldAt(data, "time_zone")
      const zone = globals.utc ? "UTC" : typeof own === "string" ? own : host.timeZone
      return { now, times: terminal ? times : "iso", zone }
    })

  const detail = Effect.fnUntraced(function* (data: Schema.Json) {
    const lines = linesOf(data, yield* writingFor(data, "full"))
    if (!terminal) return yield* print(lines.map(([name, value]) => `${name}\t${value}\n`).join(""))
    const width = Math.max(0, ...lines.map(([name]) => name.length))
    yield* print(lines.map(([name, value]) => `${dim(name.padEnd(width))}  ${value}`.trimEnd() + "\n").join(""))
  })

  /** One document; as text its fields, or what `text` makes of it. */
  const item = Effect.fnUntraced(function* (data: Schema.Json, text?: string) {
    if (globals.format === "json") return yield* print(`${jsonText(data, 2)}\n`)
    if (globals.format === "stream-json") return yield* line("result", data)
    return text === undefined ? yield* detail(data) : yield* print(text.endsWith("\n") ? text : `${text}\n`)
  })

  const columnsFor = Effect.fnUntraced(function* (view: ListView, first: Schema.Json | undefined) {
    if (globals.columns === undefined) return [...view.columns, ...(globals.wide ? (view.wide ?? []) : [])]
    // Nothing is shown of an empty list, and a newer server may have the field.
    if (first === undefined) return globals.columns
    const own = [...view.columns, ...(view.wide ?? []), ...linesOfNames(first)]
    if (globals.columns.every((it) => own.includes(it))) return globals.columns
    const known = [...own, ...(view.more === undefined ? [] : yield* view.more)]
    const unknown = globals.columns.find((it) => !known.includes(it))
    if (unknown === undefined) return globals.columns
    return yield* new Usage({
      message: `There is no column "${unknown}".`,
      hint: `Columns: ${[...new Set(known)].join(", ")}`
    })
  })

  const asText = (view: ListView) => {
    let columns: ReadonlyArray<string> | undefined
    let widths: ReadonlyArray<number> = []
    return Effect.fnUntraced(function* (items: ReadonlyArray<Schema.Json>) {
      const opening = columns === undefined
      columns ??= yield* columnsFor(view, items[0])
      const fields = columns
      const rows = yield* Effect.forEach(items, (it) =>
        Effect.map(writingFor(it, globals.wide ? "full" : "near"), (writing) =>
          fields.map((field) => cellOf(fieldAt(it, field), writing))
        )
      )
      if (!terminal) return yield* print(rows.map((row) => `${row.join("\t")}\n`).join(""))
      const shown = fields.map(columnOf)
      if (opening) {
        if (rows.length === 0) return yield* tell(view.empty ?? "There is nothing to list.")
        const all = widthsOf(shown, rows, host.stdout.columns)
        // Who names columns gets them, on lines as long as they are.
        const asked = globals.columns !== undefined || globals.wide
        widths = asked ? all : all.slice(0, fitting(all, host.stdout.columns))
        const left = shown.slice(widths.length).map((it) => it.field)
        if (left.length > 0) yield* tell(`Left out: ${left.join(", ")}. A wider terminal or --columns shows them.`)
        yield* print(
          `${dim(
            lineOf(
              shown.map(({ title }) => title),
              widths
            )
          )}\n`
        )
      }
      yield* print(rows.map((row) => `${lineOf(row, widths)}\n`).join(""))
    })
  }

  /** All pages up to the limit, one ahead of what is written. Returns how many items there were. */
  const list = <E, R>(read: ReadPage<E, R>, view: ListView): Effect.Effect<number, E | Usage, R> =>
    Effect.scoped(
      Effect.gen(function* () {
        const text = asText(view)
        const limit = globals.limit ?? (terminal && globals.format === "text" ? limitInTerminal : 0)
        const left = (count: number) => (limit === 0 ? largestPage : Math.min(largestPage, limit - count))
        let count = 0
        let page = yield* read(undefined, left(0))
        if (globals.format === "json") yield* print('{"items":[')
        for (;;) {
          const { next } = page
          const items = limit === 0 ? page.items : page.items.slice(0, limit - count)
          const separator = count === 0 ? "\n" : ",\n"
          const before = count
          count += items.length
          const more = next !== undefined && !host.stdout.closed && (limit === 0 || count < limit)
          const ahead = more ? yield* Effect.forkScoped(read(next, left(count))) : undefined
          if (globals.format === "json") {
            if (items.length > 0) yield* print(separator + items.map((it) => jsonText(it)).join(",\n"))
          } else if (globals.format === "stream-json") {
            yield* print(items.map((it) => `${jsonText({ type: "item", data: it })}\n`).join(""))
          } else if (before === 0 || items.length > 0) yield* text(items)
          if (ahead === undefined) {
            if (globals.format === "json") yield* print(count === 0 ? "]}\n" : "\n]}\n")
            else if (globals.format === "stream-json") yield* line("result", { count })
            const cut = next !== undefined || items.length < page.items.length
            if (cut && globals.limit === undefined) yield* tell(`The first ${count}; --limit 0 shows all.`)
            return count
          }
          if (host.stdout.closed) return count
          page = yield* Fiber.join(ahead)
        }
      })
    )

  /** One change of something that is watched. */
  const change = Effect.fnUntraced(function* (data: Schema.Json, text: string) {
    if (globals.format === "text") return yield* print(`${text}\n`)
    return yield* globals.format === "json" ? print(`${jsonText(data)}\n`) : line("change", data)
  })

  return {
    format: globals.format,
    /** Whether nobody reads standard output any more. */
    closed: () => host.stdout.closed,
    terminal,
    color: globals.color,
    item,
    list,
    change,
    /** The end of a stream of changes. */
    result: (data: Schema.Json) => (globals.format === "stream-json" ? line("result", data) : Effect.void),
    /** Text that is the data itself, such as a completion script. */
    raw: print,
    /** A note on standard error; nothing with `--quiet`. */
    note: tell,
    /** A warning on standard error, always. */
    warn: (text: string) => host.stderr.write(`${text}\n`)
  }
})

const linesOfNames = (data: Schema.Json): ReadonlyArray<string> =>
  linesOf(data, { now: 0, times: "iso", zone: "UTC" }).map(([name]) => name)

/** Writes what a command found or did. */
export class Output extends Context.Service<Output, Effect.Success<typeof make>>()("galaxy-admin/Output") {
  /** Output of the flags' format to the host's streams. */
  static readonly layer = Layer.effect(Output, make)
}
