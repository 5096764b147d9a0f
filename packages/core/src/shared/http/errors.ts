/**
 * Turns domain errors into wire errors: each module has a table of its errors, and a handler names the tables that it
 * needs.
 *
 * Total by type: a handler that may fail with an error missing from its tables doesn't compile.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { Cause, Effect } from "effect"
import type { CursorInvalid } from "../Page.ts"
import { StorageError } from "../StorageError.ts"
import { reportStorage } from "./storageReports.ts"

/**
 * An error on the wire: its code, the message for the caller (a sentence, or a function of the error), and a reason
 * where the code has any. A message must not name a foreign object or anything internal. If the code itself depends on
 * the error, the line is a function.
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

/** For errors whose own message is fit for the caller. */
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

/** Looks the error up in the table. */
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

/**
 * Makes the last step of a module's handlers, which turns domain errors into wire errors and logs storage failures.
 *
 * `tables` has a line for every error that the handlers may fail with, except those of `shared`.
 */
export const toApiWith = <T extends object>(tables: T) => {
  const lines = { ...shared, ...tables } as unknown as AnyTable
  return <A, E extends { readonly _tag: (keyof T & string) | keyof typeof shared }, R>(
    effect: Effect.Effect<A, E, R>
  ): Effect.Effect<A, ApiError.ApiError, R> =>
    effect.pipe(
      Effect.tapError((error: Tagged) =>
        error instanceof StorageError ? reportStorage(Cause.fail(error)) : Effect.void
      ),
      Effect.mapError((error) => apiErrorOf(lines, error))
    )
}

/** The last step of handlers that fail only with the errors of `shared`. */
export const toApi = toApiWith({})
