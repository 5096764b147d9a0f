/**
 * Why Redis can't be used at present, in words for operators.
 *
 * Redis names the kind in the first word of an error; for errors inside a script, older versions put it further back.
 * Keys and addresses are left out, since the probes show the sentence to anybody.
 */
import { Data } from "effect"

/** A fault of Redis or of the way to it. `why` may be shown to anybody, `detail` may not. */
export class RedisFault extends Data.TaggedError("RedisFault")<{
  /** `unfit` doesn't recover by itself: somebody has to change the configuration. */
  readonly kind: "unreachable" | "refusing" | "unfit"
  readonly why: string
  /** What the system said, with addresses in it: for the log and for a start that fails. */
  readonly detail?: string
}> {}

const replies: ReadonlyArray<readonly [RegExp, RedisFault["kind"], string]> = [
  [/\bREADONLY\b/, "refusing", "Redis is a replica and takes no writes"],
  [/\bLOADING\b/, "refusing", "Redis is loading its data"],
  [/\bMASTERDOWN\b/, "refusing", "Redis is a replica that has lost its master"],
  [/\bOOM\b/, "refusing", "Redis is out of memory: raise its maxmemory"],
  [/\bMISCONF\b/, "refusing", "Redis can't write to its disk and takes no writes"],
  [/\bNOREPLICAS\b/, "refusing", "Redis has too few replicas and takes no writes"],
  [/\b(BUSY|TRYAGAIN|CLUSTERDOWN|UNKILLABLE)\b/, "refusing", "Redis is busy"],
  [
    /\b(NOAUTH|WRONGPASS|NOPERM|DENIED)\b|invalid password|no password is set/i,
    "unfit",
    "Redis refuses the credentials"
  ],
  [/\btimed out\b/i, "unreachable", "Redis doesn't answer"]
]

/** The fault behind a failed command or connection. */
export const fromError = (cause: unknown): RedisFault => {
  const message = cause instanceof Error ? cause.message : String(cause)
  if (message.startsWith("All sentinels are unreachable")) return fromSentinels(message)
  const known = replies.find(([pattern]) => pattern.test(message))
  if (known !== undefined) return new RedisFault({ kind: known[1], why: known[2] })
  const reply = cause instanceof Error && cause.name === "ReplyError"
  return reply
    ? new RedisFault({ kind: "refusing", why: `Redis answers ${/^[A-Z]+/.exec(message)?.[0] ?? "with an error"}` })
    : new RedisFault({ kind: "unreachable", why: "Redis can't be reached", ...detailOf(cause) })
}

/** None of them has said where the master is. */
const fromSentinels = (message: string): RedisFault => {
  const [, last = ""] = /Last error: (.*)/s.exec(message) ?? []
  if (/\b(NOAUTH|WRONGPASS|NOPERM)\b/.test(last))
    return new RedisFault({ kind: "unfit", why: "the Sentinels refuse the credentials" })
  return last === ""
    ? new RedisFault({ kind: "unreachable", why: "the Sentinels don't know the master" })
    : new RedisFault({ kind: "unreachable", why: "no Sentinel can be reached", detail: last })
}

/** An attempt at several addresses has a code but no message. */
const detailOf = (cause: unknown) => {
  const { message = "", code = "" } = cause as { readonly message?: string; readonly code?: string }
  return message || code ? { detail: message || code } : {}
}

/** The whole sentence, for the log. */
export const sentence = ({ why, detail }: RedisFault): string => (detail === undefined ? why : `${why}: ${detail}`)
