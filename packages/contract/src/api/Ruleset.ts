/** The constants of a game, for programs that compute ahead. */
import { Schema } from "effect"

/** Constants of one ruleset that are shown; an engine that tells more isn't one of ours. */
export const maxConstants = 500

/**
 * One constant: `number`, `text` or `flag` is its value. None of them means that the bound doesn't exist. Constants
 * that belong together are named by their path, such as `pointsPerTechLevel.drive`.
 */
export const RulesetConstant = Schema.Struct({
  name: Schema.String,
  number: Schema.optionalKey(Schema.Finite),
  text: Schema.optionalKey(Schema.String),
  flag: Schema.optionalKey(Schema.Boolean)
})
export type RulesetConstant = typeof RulesetConstant.Type

/** What a game is played with: the name of its ruleset, and the constants (docs/reference/ruleset.md). */
export const Ruleset = Schema.Struct({ name: Schema.String, constants: Schema.Array(RulesetConstant) })
export type Ruleset = typeof Ruleset.Type
