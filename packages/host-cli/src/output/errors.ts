/** A failure as the text or the line of JSON that standard error gets. */
import type { Schema } from "effect"
import { exitCodeOf, type Failure } from "../failures.ts"
import type { Format } from "../globals.ts"
import { jsonText, safeLine } from "./safe.ts"
import { hintOf, isRetryable } from "./hints.ts"

const codes: Readonly<Record<Exclude<Failure["_tag"], "Refused">, string>> = {
  Usage: "usage",
  Cancelled: "cancelled",
  NotSignedIn: "not_signed_in",
  NoSuchTarget: "not_found",
  NoAnswer: "no_answer",
  BadAnswer: "bad_answer",
  LocalFailure: "failed",
  SomeFailed: "some_failed",
  NeedsAction: "needs_action"
}

const hintFor = (failure: Failure): string | undefined => {
  if (failure._tag === "Refused") return hintOf(failure.code, failure.reason)
  return "hint" in failure ? failure.hint : undefined
}

/** The failure as data: closed codes of this program, or those of the server. */
export const errorDocument = (failure: Failure): Schema.Json => {
  const hint = hintFor(failure)
  return {
    code: failure._tag === "Refused" ? failure.code : codes[failure._tag],
    message: failure.message,
    ...(failure._tag === "Refused" && failure.reason !== undefined ? { reason: failure.reason } : {}),
    retryable: failure._tag === "Refused" ? isRetryable(failure.code) : failure._tag === "NoAnswer" && !failure.sent,
    ...(hint === undefined ? {} : { hint }),
    ...("requestId" in failure ? { request_id: failure.requestId, server: failure.server } : {}),
    exit_code: exitCodeOf(failure)
  }
}

const sentence = (text: string): string => {
  const line = safeLine(text).trim()
  const start = line.slice(0, 1).toUpperCase() + line.slice(1)
  return /[.!?…)]$/.test(start) ? start : `${start}.`
}

const textOf = (failure: Failure): string => {
  const hint = hintFor(failure)
  const lines =
    failure._tag === "Refused"
      ? [
          `${sentence(failure.message).replace(/\.$/, "")} (${safeLine(failure.code + (failure.reason === undefined ? "" : `: ${failure.reason}`))}).`,
          ...(failure.retryAfter === undefined ? [] : [`  Try again in ${failure.retryAfter} s.`])
        ]
      : [sentence(failure.message)]
  return [
    ...lines,
    ...(hint === undefined ? [] : hint.split("\n").map((it) => `  ${safeLine(it)}`)),
    ...("requestId" in failure ? [`  Request ${failure.requestId} to ${safeLine(failure.server)}`] : []),
    ""
  ].join("\n")
}

/** What standard error gets. What needs an action has been told on standard output already. */
export const rendered = (failure: Failure, format: Format): string => {
  if (format !== "text") return `${jsonText({ error: errorDocument(failure) })}\n`
  return failure._tag === "NeedsAction" ? "" : textOf(failure)
}
