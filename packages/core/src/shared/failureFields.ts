/**
 * What a log line may say about a failure: its kind and place, never its text.
 *
 * A failure's message may contain anything: an address, a row's values, a secret.
 */
import { Cause } from "effect"
import { StorageError } from "./StorageError.ts"

const tagOf = (failure: unknown): string | undefined => {
  const tag: unknown = typeof failure === "object" && failure !== null ? Reflect.get(failure, "_tag") : undefined
  return typeof tag === "string" ? tag : undefined
}

/** Where a defect was thrown: the first line of its stack. Lines of a message that look like one don't count. */
const placeOf = (error: Error): string | undefined => {
  const stack = error.stack ?? ""
  const frames = stack.startsWith(`${error.name}: ${error.message}`)
    ? stack.slice(error.name.length + 2 + error.message.length)
    : stack.slice(stack.indexOf("\n    at "))
  return /^\s+at (.{1,300})$/m.exec(frames)?.[1]
}

/** Fields for a log line about this cause. */
export const failureFields = (cause: Cause.Cause<unknown>): Readonly<Record<string, string>> => {
  const failed = cause.reasons.find(Cause.isFailReason)
  if (failed !== undefined) {
    const tag = tagOf(failed.error)
    if (failed.error instanceof StorageError) return failed.error.logFields
    return tag === "SqlError" ? StorageError.fieldsOf(failed.error) : { reason: tag ?? "unknown" }
  }
  const died = cause.reasons.find(Cause.isDieReason)
  if (died === undefined) return { reason: "interrupted" }
  if (!(died.defect instanceof Error)) return { reason: "defect" }
  const place = placeOf(died.defect)
  return { reason: "defect", error: died.defect.name, ...(place === undefined ? {} : { at: place }) }
}
