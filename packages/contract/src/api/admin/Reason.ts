/** Why an administrator does something: the text that the audit log keeps. */
import { Schema } from "effect"
import { paragraphs } from "../Text.ts"

/** Free text of 1 to 1,000 characters. It is kept for good, so it must not hold e-mail addresses. */
export const reason = paragraphs(1_000).check(Schema.isMinLength(1))

/** Body of mutations that touch no person's data or game. It may be left out. */
export const OptionalReason = Schema.Struct({ reason: Schema.optionalKey(reason) })

/** Body of mutations that touch a person's data or game. */
export const RequiredReason = Schema.Struct({ reason })
