/** What may be stored and logged about an error of the embedding program: never its text, which may hold an address. */
import { failureFields } from "@galaxy/core/shared/failureFields"
import { Cause } from "effect"

/** A reason that is a short code such as `429` or `451 4.7.1`, or else `fallback`. */
export const codeOf = (reason: string, fallback: string): string =>
  /^[A-Za-z0-9][A-Za-z0-9 ._:-]{0,63}$/.test(reason) ? reason : fallback

/** The system's word for what went wrong, such as `ECONNREFUSED`, of an error or of what caused it. */
const systemCode = (error: unknown, depth = 3): string | undefined => {
  if (!(error instanceof Error) || depth === 0) return undefined
  const { code } = error as { readonly code?: unknown }
  if (typeof code === "string" && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return code
  return systemCode(error.cause, depth - 1)
}

/** The kind of an error, its code, and the place where it was thrown, as far as it has them. */
export const faultFields = (cause: unknown): Readonly<Record<string, string>> => {
  const code = systemCode(cause)
  return { ...failureFields(Cause.die(cause)), ...(code === undefined ? {} : { code }) }
}
