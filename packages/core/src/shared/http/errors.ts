/**
 * From the domain's errors to the wire's: each module has a table of its own errors, and a handler names the tables that
 * it needs.
 *
 * Total by type: a handler that may fail with an error which none of its tables has does not compile.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { Clock, Effect } from "effect"
import type { CursorInvalid } from "../Page.ts"
import { StorageError } from "../StorageError.ts"

/**
 * What the wire says of an error: its code, what the caller reads (a sentence, or a function of the error), and where the
 * code has reasons, which one. A message is for the caller: it names no foreign object and nothing internal. An error
 * whose code depends on it has a function instead.
 */
export type ErrorLine<E> =
  | ((error: E) => ApiError.ApiError)
  | {
      [C in ApiError.ApiErrorCode]: readonly [
        code: C,
        message: string | ((error: E) => string),
        reason?: ApiError.ReasonOf<C> | ((error: E) => ApiError.ReasonOf<C>)
      ]
    }[ApiError.ApiErrorCode]

interface Tagged {
  readonly _tag: string
}

/** One line for each error of a module. */
export type ErrorTable<E extends Tagged> = {
  readonly [T in E["_tag"]]: ErrorLine<Extract<E, { readonly _tag: T }>>
}

/** The message of an error that speaks for itself. */
export const own = (error: { readonly message: string }): string => error.message

/** Errors that any module may fail with. */
export const shared: ErrorTable<StorageError | CursorInvalid> = {
  StorageError: ({ retryable }) =>
    retryable
      ? ApiError.make("service_unavailable", "the database can't do this at present; try again later")
      : ApiError.make("internal_error", "internal error"),
  CursorInvalid: ["invalid_request", own]
}

type AnyTable = Readonly<Record<string, ErrorLine<never>>>

/** What the wire says of an error that the tables have. */
const apiErrorOf = (table: AnyTable, error: Tagged): ApiError.ApiError => {
  const line = table[error._tag] as ErrorLine<Tagged>
  if (typeof line === "function") return line(error)
  const [code, message, reason] = line
  return ApiError.make(
    code,
    typeof message === "string" ? message : message(error),
    typeof reason === "function" ? reason(error) : reason
  )
}

const minute = 60_000

/**
 * Logs what storage can't do. Trouble that passes, such as a database that is away, is logged once a minute: otherwise every
 * request would add a line.
 */
const reporter = () => {
  let toldAt = Number.NEGATIVE_INFINITY
  return (error: StorageError) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (!error.retryable) return Effect.annotateLogs(Effect.logError("storage failed"), error.logFields)
      if (Math.abs(now - toldAt) < minute) return Effect.void
      toldAt = now
      return Effect.annotateLogs(Effect.logWarning("storage failed"), error.logFields)
    })
}

/**
 * Makes the end of a module's handlers: the domain's error becomes the wire's. What is our own fault is logged.
 *
 * `tables` has a line for every error that the handlers may fail with, beside those of {@link shared}.
 */
export const toApiWith = <T extends object>(tables: T) => {
  const lines = { ...shared, ...tables } as unknown as AnyTable
  const report = reporter()
  return <A, E extends { readonly _tag: (keyof T & string) | keyof typeof shared }, R>(
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<A, ApiError.ApiError, R> =>
    effect.pipe(
      Effect.tapError((error: Tagged) => (error instanceof StorageError ? report(error) : Effect.void)),
      Effect.mapError((error) => apiErrorOf(lines, error))
    )
}

/** The end of handlers that fail with nothing of their own. */
export const toApi = toApiWith({})
