/**
 * Calls of admin operations. Which operations there are, what they take and what they answer is the contract's to say:
 * the compiler checks every call against it.
 *
 * Answers are handed on as the server gave them, so that an old command line shows what a newer server tells.
 */
import { release } from "@galaxy/contract/release"
import { Context, Effect, Layer, type Schema } from "effect"
import { Ask } from "../ask/Ask.ts"
import { connect, type Connection } from "../context/Connection.ts"
import { BadAnswer, type Failure, NoAnswer, type Refused } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { specOf } from "../operations/operations.ts"
import type { AnswerOf, Operation, ParamsOf, PayloadOf, QueryOf } from "../operations/types.ts"
import { type Form, type Seen, seen } from "./form.ts"
import { refusalOf, type Request, send } from "./send.ts"

type PartOf<K extends string, A> = [A] extends [never]
  ? { readonly [_ in K]?: never }
  : Record<string, never> extends A
    ? { readonly [_ in K]?: A }
    : { readonly [_ in K]: A }

/** What a call of an operation takes. */
export type CallInput<O extends Operation> = PartOf<"params", ParamsOf<O>> &
  PartOf<"query", QueryOf<O>> &
  PartOf<"body", PayloadOf<O>>

/** The same for code that treats all operations alike. */
export interface AnyInput {
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly body?: Schema.Json | undefined
}

const adminPrefix = "/api/v1/admin"
/** Begins the paths of the server's dry runs. */
const dryRunPrefix = "/api/v1/admin/dry-run"

/** The request of an operation, or of its dry run. */
export const requestOf = (operation: Operation, input: AnyInput, dryRun = false): Request => {
  const [method = "GET", template = ""] = specOf(operation).route.split(" ")
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(input.params?.[name] ?? ""))
  const query = new URLSearchParams(input.query ?? {}).toString()
  const full = dryRun ? dryRunPrefix + path.slice(adminPrefix.length) : path
  return { method, path: query === "" ? full : `${full}?${query}`, body: input.body }
}

const lookUps = 3
const lookUpPause = "1 second"

const makeWith = Effect.fnUntraced(function* (found: Effect.Effect<Connection, Failure, Host | Globals | Ask>) {
  const host = yield* Host
  const globals = yield* Globals
  const questions = yield* Ask
  const connection = yield* Effect.cached(
    found.pipe(
      Effect.provideService(Host, host),
      Effect.provideService(Globals, globals),
      Effect.provideService(Ask, questions)
    )
  )

  const sendWith = (it: Connection, request: Request, requestId: string) =>
    send({ host, globals, connection: it, release }, request, requestId)

  /** Whether a request whose answer got lost has done its work, by the audit log. */
  const happened = (it: Connection, lost: NoAnswer) => {
    const path = `${adminPrefix}/audit?${new URLSearchParams({ request_id: lost.requestId }).toString()}`
    const look = Effect.map(sendWith(it, { method: "GET", path }, host.newId()), (answer) => {
      if (answer.status !== 200) return undefined
      const found = seen(answer.body, { audit: [{ audit_id: "text", request_id: "text" }] })
      // A server that doesn't know the filter answers with the rows of others.
      if (found?.audit.some((row) => row.request_id !== lost.requestId) !== false) return undefined
      return found.audit[0]?.audit_id ?? ""
    }).pipe(Effect.catch(() => Effect.succeed(undefined)))
    const from = (left: number): Effect.Effect<string | undefined> =>
      Effect.flatMap(look, (found) =>
        found === "" && left > 1 ? Effect.andThen(Effect.sleep(lookUpPause), from(left - 1)) : Effect.succeed(found)
      )
    return Effect.map(from(lookUps), (row) =>
      row === undefined
        ? `Whether it was done isn't known. See: galaxy-admin audit list --request ${lost.requestId}`
        : row === ""
          ? `It has not been done so far; the server may still be at it. See: galaxy-admin audit list --request ${lost.requestId}`
          : `It was done, by the audit log. See: galaxy-admin audit get ${row}`
    )
  }

  /** Sends any request below `/api/v1/admin`; fails for every answer that is no success. */
  const request = Effect.fnUntraced(function* (it: Request) {
    const known = yield* connection
    const answer = yield* sendWith(known, it, host.newId()).pipe(
      Effect.catchTag("NoAnswer", (lost) =>
        lost.sent && it.method !== "GET" && !it.path.startsWith(dryRunPrefix)
          ? Effect.flatMap(happened(known, lost), (hint) =>
              Effect.fail(
                new NoAnswer({
                  message: lost.message,
                  hint,
                  requestId: lost.requestId,
                  server: lost.server,
                  sent: true
                })
              )
            )
          : Effect.fail(lost)
      )
    )
    const refusal: Refused | undefined = refusalOf(answer, known.server)
    return refusal === undefined ? answer : yield* refusal
  })

  const bad = (message: string, requestId: string) =>
    Effect.flatMap(connection, ({ server }) =>
      Effect.fail(new BadAnswer({ message: `${server} ${message}`, requestId, server }))
    )

  /** Calls any operation with what was checked elsewhere; `unreadable` is the failure for an answer of no use. */
  const ask = Effect.fnUntraced(function* (operation: Operation, input: AnyInput, dryRun: boolean | undefined = false) {
    const { body, requestId, unchanged } = yield* request(requestOf(operation, input, dryRun))
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      return yield* bad("answered without a document.", requestId)
    }
    const document: Readonly<Record<string, Schema.Json>> = {
      ...(body as Readonly<Record<string, Schema.Json>>),
      ...(unchanged && !dryRun ? { changed: false } : {})
    }
    return {
      document,
      unreadable: bad(
        "answered with what this command line can't read. Are both of one release? See: galaxy-admin doctor",
        requestId
      )
    }
  })

  /** The same, for the whole answer; with `changed: false` where the server has found nothing to change. */
  const callAny = (operation: Operation, input: AnyInput, dryRun = false) =>
    Effect.map(ask(operation, input, dryRun), ({ document }) => document)

  /**
   * The same, for the part of the answer that a form says; fails with `BadAnswer` where the answer isn't like that. The
   * compiler checks the input, and that the contract's answer is of this form.
   */
  const call = <O extends Operation, const F extends Form>(
    operation: O,
    input: CallInput<O>,
    form: F & (AnswerOf<O> extends Seen<F> ? unknown : never)
  ): Effect.Effect<Seen<F>, Failure> =>
    Effect.flatMap(ask(operation, input), ({ document, unreadable }): Effect.Effect<Seen<F>, Failure> => {
      const found = seen<F>(document, form)
      return found === undefined ? unreadable : Effect.succeed(found)
    })

  /** A page of a list. A cursor that leads to itself would never end: such an answer can't be read either. */
  const page = Effect.fnUntraced(function* (operation: Operation, input: AnyInput, rows: string) {
    const { document, unreadable } = yield* ask(operation, input)
    const found = seen(document, { "next_cursor?": "text" })
    const items = seen(document[rows], ["json"])
    const next = found?.next_cursor
    if (items === undefined || (next !== undefined && next === input.query?.["cursor"])) return yield* unreadable
    return { items, next }
  })

  return { connection, request, ask, callAny, page, call }
})

/** Calls of admin operations, at the server and with the credentials of this run. */
export class Api extends Context.Service<Api, Effect.Success<ReturnType<typeof makeWith>>>()("galaxy-admin/Api") {
  /** Finds server and credentials at the first call. */
  static readonly layer = Layer.effect(Api, makeWith(connect()))
  /** At a server that is known already. */
  static readonly layerAt = (connection: Connection) => Layer.effect(Api, makeWith(Effect.succeed(connection)))
}
