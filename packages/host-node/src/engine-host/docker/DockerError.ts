/** What can go wrong between this process and a Docker daemon. */
import { Schema } from "effect"

/** The daemon can't be reached, says nothing for too long, or answers what it shouldn't. Trying again may help. */
export class DockerUnavailable extends Schema.TaggedError<DockerUnavailable>()("DockerUnavailable", {
  reason: Schema.String
}) {
  override get message(): string {
    return this.reason
  }
}

/** The daemon has answered, and refuses. The message is its own, for operators. */
export class DockerRefused extends Schema.TaggedError<DockerRefused>()("DockerRefused", {
  /** Of HTTP: 404 for what isn't there, 409 for a name that is taken or a state that doesn't allow it. */
  status: Schema.Int,
  message: Schema.String
}) {}

/** Everything that a call of the daemon fails with. */
export type DockerError = DockerUnavailable | DockerRefused

/** Longest text of a daemon that is kept. */
const longest = 500

/** The daemon's own words, on one line and bounded. */
const words = (text: string): string => text.replaceAll(/\s+/g, " ").trim().slice(0, longest)

/** dockerode's plain errors: `statusCode` where there was an answer, `code` of the system where there was none. */
export const dockerErrorOf = (cause: unknown): DockerError => {
  if (!(cause instanceof Error)) return new DockerUnavailable({ reason: words(String(cause)) })
  const { code, json, statusCode } = cause as { code?: unknown; json?: unknown; statusCode?: unknown }
  if (typeof statusCode === "number") {
    const told = typeof json === "object" && json !== null && "message" in json ? json.message : undefined
    return new DockerRefused({ status: statusCode, message: words(typeof told === "string" ? told : cause.message) })
  }
  const how = typeof code === "string" && !cause.message.includes(code) ? `${code}: ${cause.message}` : cause.message
  return new DockerUnavailable({ reason: words(`the Docker daemon can't be reached: ${how}`) })
}
