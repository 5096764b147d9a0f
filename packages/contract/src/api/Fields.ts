/** Small schemas that several surfaces share: timestamps, free text with its bound, names and schedules. */
import { Schema, SchemaTransformation } from "effect"

/** An instant as RFC 3339 text in UTC with milliseconds. */
export const Timestamp = Schema.String.annotate({ format: "date-time" }).pipe(
  Schema.decodeTo(Schema.DateTimeUtc, SchemaTransformation.dateTimeUtcFromString)
)
export type Timestamp = typeof Timestamp.Type

/** Text of at most `max` characters. */
export const text = (max: number) => Schema.String.check(Schema.isMaxLength(max))

/** Text of 1 to `max` characters. */
export const label = (max: number) => Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(max))

/** A client's own key for a request that it may have to repeat: 1 to 64 of `A-Z a-z 0-9 - _`. */
export const idempotencyKey = label(64).check(Schema.isPattern(/^[A-Za-z0-9_-]+$/u))

/** Decimal digits only. Other texts that JavaScript converts to numbers are refused; an empty text is not 0. */
const digits = Schema.String.check(Schema.isPattern(/^\d{1,15}$/u))

/** A query parameter that is a whole number from `low` to `high`; `low` must be at least 0. */
export const whole = (low: number, high: number) =>
  digits.pipe(
    Schema.decodeTo(
      Schema.Number.check(Schema.isInt(), Schema.isBetween({ minimum: low, maximum: high })),
      SchemaTransformation.numberFromString
    )
  )

/** A query parameter that is `true` or `false`. */
export const flag = Schema.Literals(["true", "false"]).pipe(
  Schema.decodeTo(
    Schema.Boolean,
    SchemaTransformation.transform({ decode: (it) => it === "true", encode: (it) => (it ? "true" : "false") })
  )
)

/** A JSON number that is whole and lies from `low` to `high`. */
export const int = (low: number, high: number) =>
  Schema.Number.check(Schema.isInt(), Schema.isBetween({ minimum: low, maximum: high }))

/** A semantic version `major.minor.patch` of an engine, without a suffix. */
export const engineVersion = label(64).check(Schema.isPattern(/^\d+\.\d+\.\d+$/u))

/** Query of every listing: at most `limit` rows (1 to 200, 50 by default) after the page that returned the cursor. */
export const paging = {
  cursor: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(512))),
  limit: Schema.optionalKey(whole(1, 200))
}
