/**
 * What an owner sets of a game: the columns, how an update changes them, and what is wrong with some.
 *
 * Everything here is pure. `Games` adds what needs the database or the clock: the engine's version, and that times lie
 * ahead.
 */
import { lineProblem, paragraphsProblem } from "@galaxy/contract/api/Text"
import type { AbsenceAction, CreateGame, Game, UpdateGame } from "@galaxy/contract/api/UserLobby"
import { DateTime } from "effect"

/** The settings as columns of `games`. Null stands for an absent value. */
export interface GameSettings {
  readonly game_name: string
  readonly description: string
  readonly min_players: number
  readonly max_players: number
  readonly turn_schedule: string
  readonly time_zone: string
  readonly engine_version: string | null
  readonly computer_players: number
  readonly early_turns: boolean
  readonly missed_turns_reminder: number | null
  readonly missed_turns_limit: number | null
  readonly absence_action: AbsenceAction | null
  readonly enrollment_ends_at: DateTime.Utc | null
}

/** Settings that still change once a game is in play. The others were handed to the engine, or no longer matter. */
const changeableInPlay: ReadonlySet<string> = new Set([
  "game_name",
  "description",
  "early_turns",
  "missed_turns_reminder",
  "missed_turns_limit",
  "absence_action"
])

/** The settings of a stored game. */
export const settingsOf = (game: typeof Game.Type): GameSettings => ({
  game_name: game.game_name,
  description: game.description,
  min_players: game.min_players,
  max_players: game.max_players,
  turn_schedule: game.turn_schedule,
  time_zone: game.time_zone,
  engine_version: game.engine_version ?? null,
  computer_players: game.computer_players,
  early_turns: game.early_turns,
  missed_turns_reminder: game.missed_turns_reminder ?? null,
  missed_turns_limit: game.missed_turns_limit ?? null,
  absence_action: game.absence_action ?? null,
  enrollment_ends_at: game.enrollment_ends_at ?? null
})

/** What a new game has where its owner says nothing. */
const defaults = {
  description: "",
  time_zone: "UTC",
  engine_version: null,
  computer_players: 0,
  early_turns: false,
  missed_turns_reminder: null,
  missed_turns_limit: null,
  absence_action: null,
  enrollment_ends_at: null
}

const orNull = <A>(value: A | "" | 0 | "none" | null): A | null =>
  value === "" || value === 0 || value === "none" ? null : value

/** The settings after an update: absent fields stay; an empty text, 0 or `none` clears a value. */
export const updated = (before: GameSettings, update: typeof UpdateGame.Type): GameSettings => {
  const given = <K extends keyof typeof update>(key: K) => update[key]
  const clearable = <A>(value: A | "" | 0 | "none" | null | undefined, stored: A | null) =>
    value === undefined ? stored : orNull(value)
  return {
    game_name: given("game_name")?.trim() ?? before.game_name,
    description: given("description") ?? before.description,
    min_players: given("min_players") ?? before.min_players,
    max_players: given("max_players") ?? before.max_players,
    turn_schedule: given("turn_schedule") ?? before.turn_schedule,
    time_zone: given("time_zone") ?? before.time_zone,
    engine_version: clearable(given("engine_version"), before.engine_version),
    computer_players: given("computer_players") ?? before.computer_players,
    early_turns: given("early_turns") ?? before.early_turns,
    missed_turns_reminder: clearable(given("missed_turns_reminder"), before.missed_turns_reminder),
    missed_turns_limit: clearable(given("missed_turns_limit"), before.missed_turns_limit),
    absence_action: clearable(given("absence_action"), before.absence_action),
    enrollment_ends_at: clearable(given("enrollment_ends_at"), before.enrollment_ends_at)
  }
}

/** The settings of a new game. */
export const initial = ({ game_name, min_players, max_players, turn_schedule, ...rest }: typeof CreateGame.Type) =>
  updated({ ...defaults, game_name: game_name.trim(), min_players, max_players, turn_schedule }, rest)

const same = (one: unknown, other: unknown): boolean =>
  DateTime.isDateTime(one) && DateTime.isDateTime(other) ? DateTime.Equivalence(one, other) : one === other

/** The settings that differ. */
export const changed = (before: GameSettings, after: GameSettings): Partial<GameSettings> =>
  Object.fromEntries(Object.entries(after).filter(([key, value]) => !same(before[key as keyof GameSettings], value)))

/** Whether something is done about missed turns, so that they are counted. */
export const countsTurns = (settings: GameSettings): boolean =>
  settings.missed_turns_reminder !== null || settings.missed_turns_limit !== null

/** Whether all of these settings may change once the game is in play. */
export const fitsInPlay = (change: Partial<GameSettings>): boolean =>
  Object.keys(change).every((key) => changeableInPlay.has(key))

/** What is wrong with the settings as such, as a sentence for the owner. Schedule, version and times are not looked at. */
export const problemOf = (settings: GameSettings): string | undefined => {
  const name = lineProblem(settings.game_name)
  if (name !== undefined) return `game_name ${name}`
  const description = paragraphsProblem(settings.description)
  if (description !== undefined) return `description ${description}`
  if (settings.min_players > settings.max_players) return "min_players must not be more than max_players"
  if (settings.computer_players >= settings.max_players) {
    return "computer_players must be less than max_players, so that there is a place for a player"
  }
  if ((settings.missed_turns_limit === null) !== (settings.absence_action === null)) {
    return "missed_turns_limit and absence_action go together: set both, or neither"
  }
  return undefined
}
