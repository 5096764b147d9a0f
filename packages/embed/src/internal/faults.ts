/** What may be stored and logged about an error of the embedding program: never its text, which may hold an address. */
import { failureFields } from "@galaxy/core/shared/failureFields"
import { Cause } from "effect"

/** A reason that is a short code such as `429` or `451 4.7.1`, or else `fallback`. */
export const codeOf = (reason: string, fallback: string): string =>
  /^[A-Za-z0-9][A-Za-z0-9 ._:-]{0,63}$/.test(reason) ? reason : fallback

/** The kind of an error, and the place where it was thrown. */
export const faultFields = (cause: unknown): Readonly<Record<string, string>> => failureFields(Cause.die(cause))
