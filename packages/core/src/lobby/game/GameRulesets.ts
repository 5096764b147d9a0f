/**
 * The constants that a game is played with, as its engine has told them.
 *
 * Engines aren't trusted: what is kept is bounded, and a text that doesn't decode counts as none.
 */
import { type Ruleset, type RulesetConstant, maxConstants } from "@galaxy/contract/api/Ruleset"
import { GameRuleset } from "@galaxy/contract/engine/Admin"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { StorageError } from "../../shared/StorageError.ts"

/** Reads rulesets of games. Fails with `StorageError` only. */
export class GameRulesets extends Context.Service<
  GameRulesets,
  {
    /** The game's ruleset; none before its first start, and where its engine doesn't tell. */
    of(gameId: GameId): Effect.Effect<Option.Option<Ruleset>, StorageError>
  }
>()("@galaxy/core/lobby/game/GameRulesets") {}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(GameRuleset))

/** How deep constants may lie inside each other. */
const maxDepth = 4

/** One constant per number, word and switch; those inside others are named by their path. */
const flat = (name: string, value: Schema.Json, depth = 1): ReadonlyArray<RulesetConstant> => {
  if (typeof value === "number") return [{ name, number: value }]
  if (typeof value === "string") return [{ name, text: value }]
  if (typeof value === "boolean") return [{ name, flag: value }]
  if (value === null) return [{ name }]
  if (depth >= maxDepth) return []
  return Object.entries(value).flatMap(([key, inner]) => flat(`${name}.${key}`, inner, depth + 1))
}

/** A ruleset as members read it. */
export const shown = ({ name, constants }: GameRuleset): Ruleset => ({
  name,
  constants: Object.entries(constants)
    .flatMap(([key, value]) => flat(key, value))
    .slice(0, maxConstants)
})

/** `GameRulesets` over PostgreSQL. */
export const layer: Layer.Layer<GameRulesets, never, SqlClient.SqlClient> = Layer.effect(
  GameRulesets,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    return GameRulesets.of({
      of: Effect.fnUntraced(function* (gameId) {
        const [row] = yield* sql<{ readonly ruleset: string | null }>`
          SELECT ruleset FROM backend.runtime_records WHERE game_id = ${gameId}`
        return Option.map(decode(row?.ruleset), shown)
      }, StorageError.refail)
    })
  })
)
