/**
 * Everything that can end a command other than well, one class each, and the exit code that it ends with.
 *
 * The codes are a contract with scripts (docs/reference/cli.md). A message is one sentence that may be shown to anybody: it
 * holds no password and no e-mail address.
 */
import { Schema } from "effect"

/** Wrong usage, or a question that nobody can answer. `hint` says what would be right. */
export class Usage extends Schema.TaggedError<Usage>()("Usage", {
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String)
}) {}

/** Somebody said no at a question, or ended the input instead of an answer. Nothing was done. */
export class Cancelled extends Schema.TaggedError<Cancelled>()("Cancelled", { message: Schema.String }) {}

/** No server or credentials are known, or they can't be used. */
export class NotSignedIn extends Schema.TaggedError<NotSignedIn>()("NotSignedIn", {
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String)
}) {}

/** A name matches nothing. */
export class NoSuchTarget extends Schema.TaggedError<NoSuchTarget>()("NoSuchTarget", {
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String)
}) {}

/** The server answered with an error. Code and reason are open: a newer server may have more of them. */
export class Refused extends Schema.TaggedError<Refused>()("Refused", {
  message: Schema.String,
  code: Schema.String,
  reason: Schema.optionalKey(Schema.String),
  requestId: Schema.String,
  server: Schema.String,
  /** When the server says to come back, in whole seconds. */
  retryAfter: Schema.optionalKey(Schema.Int)
}) {}

/** No answer came in time. `sent` tells whether the request may have reached the server. */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", {
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String),
  requestId: Schema.String,
  server: Schema.String,
  sent: Schema.Boolean
}) {}

/** What came is no answer of Galaxy's admin API: another program listens there, or a proxy is in between. */
export class BadAnswer extends Schema.TaggedError<BadAnswer>()("BadAnswer", {
  message: Schema.String,
  requestId: Schema.String,
  server: Schema.String
}) {}

/** Something on this machine failed: a file, a program, a database. */
export class LocalFailure extends Schema.TaggedError<LocalFailure>()("LocalFailure", {
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String)
}) {}

/** Of several targets some failed; each was reported when it did. */
export class SomeFailed extends Schema.TaggedError<SomeFailed>()("SomeFailed", { message: Schema.String }) {}

/** The command did its work and found that somebody must act: `doctor`, `why`. What it found has been printed. */
export class NeedsAction extends Schema.TaggedError<NeedsAction>()("NeedsAction", { message: Schema.String }) {}

/** Every failure of a command. */
export type Failure =
  | Usage
  | Cancelled
  | NotSignedIn
  | NoSuchTarget
  | Refused
  | NoAnswer
  | BadAnswer
  | LocalFailure
  | SomeFailed
  | NeedsAction

const tags: ReadonlySet<unknown> = new Set<Failure["_tag"]>([
  "Usage",
  "Cancelled",
  "NotSignedIn",
  "NoSuchTarget",
  "Refused",
  "NoAnswer",
  "BadAnswer",
  "LocalFailure",
  "SomeFailed",
  "NeedsAction"
])

/** Whether an error is one of ours. */
export const isFailure = (error: unknown): error is Failure =>
  error instanceof Error && "_tag" in error && tags.has(error._tag)

/** The exit codes and what they mean, for the reference page and `galaxy-admin spec`. */
export const exitCodes = {
  0: "done, or so already",
  1: "refused or failed; `doctor` and `why`: somebody must act",
  2: "cancelled at a question",
  3: "of several targets, some failed",
  4: "not signed in, or not allowed",
  5: "not found",
  6: "conflict with the present state",
  7: "no answer in time",
  64: "wrong usage, or a question that nobody can answer",
  130: "ended by Ctrl-C",
  143: "ended by SIGTERM"
} as const

const codeOfTag: Readonly<Record<Exclude<Failure["_tag"], "Refused">, keyof typeof exitCodes>> = {
  Usage: 64,
  Cancelled: 2,
  NotSignedIn: 4,
  NoSuchTarget: 5,
  NoAnswer: 7,
  BadAnswer: 1,
  LocalFailure: 1,
  SomeFailed: 3,
  NeedsAction: 1
}

const codeOfRefusal: Readonly<Record<string, keyof typeof exitCodes>> = {
  unauthorized: 4,
  forbidden: 4,
  not_found: 5,
  conflict: 6
}

/** The exit code of a failure. */
export const exitCodeOf = (failure: Failure): number =>
  failure._tag !== "Refused"
    ? codeOfTag[failure._tag]
    : Object.hasOwn(codeOfRefusal, failure.code)
      ? (codeOfRefusal[failure.code] ?? 1)
      : 1
