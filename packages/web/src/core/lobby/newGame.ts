/** The form for a game, new or old: what it begins with, what is wrong in it, and the request that it becomes. */
import type { Requests } from "@galaxy/client/Calls"
import type { ClientError } from "@galaxy/client/ClientError"
import { lineProblem } from "@galaxy/contract/api/Text"
import type { Game } from "./Game.ts"
import { type NameProblem, nameProblem, shownName } from "./raceNames.ts"
import { cronOf, type Schedule, scheduleOf } from "./schedule.ts"

/** What is done about a player who gives no orders for some turns. */
export type Absence = "none" | "computer" | "removal"

/** The form. Figures are as typed, so that an empty field is not a zero. */
export interface GameForm {
  readonly name: string
  readonly description: string
  readonly race: string
  /** Seats for people, one's own included. */
  readonly people: number
  readonly computers: number
  /** With fewer people than this, the game can't start. */
  readonly leastPeople: number
  readonly schedule: Schedule
  readonly timeZone: string
  readonly earlyTurns: boolean
  readonly absence: Absence
  readonly absenceAfter: number
}

/** Most seats of a game. */
export const mostSeats = 200

/** The form for a new game. */
export const emptyForm = (race: string, timeZone: string): GameForm => ({
  name: "",
  description: "",
  race,
  people: 4,
  computers: 0,
  leastPeople: 2,
  schedule: { _tag: "daily", hour: 20, minute: 0 },
  timeZone,
  earlyTurns: false,
  absence: "computer",
  absenceAfter: 3
})

/** The form of a game that is there. */
export const formOf = (game: Game): GameForm => ({
  name: game.game_name,
  description: game.description,
  race: game.membership?.race_name ?? "",
  people: game.max_players - game.computer_players,
  computers: game.computer_players,
  leastPeople: Math.max(1, game.min_players - game.computer_players),
  schedule: scheduleOf(game.turn_schedule),
  timeZone: game.time_zone,
  earlyTurns: game.early_turns,
  absence: game.absence_action ?? "none",
  absenceAfter: game.missed_turns_limit ?? 3
})

/** A field of the form, for the words that stand beside it. */
export type Field = "name" | "race" | "people" | "computers" | "leastPeople" | "schedule" | "absenceAfter" | "whole"

/** Why a field can't be as it is. */
export type Problem =
  | "nameEmpty"
  | "nameLong"
  | "nameWrong"
  | "seats"
  | "least"
  | "computers"
  | "days"
  | "cron"
  | "absenceAfter"
  | { readonly race: NameProblem }

const isWhole = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high

/** What is wrong, by field. `withRace` is false where no race is asked for. */
export const problemsOf = (form: GameForm, withRace: boolean): ReadonlyMap<Field, Problem> => {
  const problems = new Map<Field, Problem>()
  const name = form.name.trim()
  if (name === "") problems.set("name", "nameEmpty")
  else if (name.length > 64) problems.set("name", "nameLong")
  else if (lineProblem(name) !== undefined) problems.set("name", "nameWrong")
  const race = withRace ? nameProblem(form.race) : undefined
  if (race !== undefined) problems.set("race", { race })
  if (!isWhole(form.people, 1, mostSeats)) problems.set("people", "seats")
  if (!isWhole(form.computers, 0, mostSeats - 1)) problems.set("computers", "computers")
  else if (form.people + form.computers > mostSeats) problems.set("computers", "seats")
  if (!isWhole(form.leastPeople, 1, form.people)) problems.set("leastPeople", "least")
  if (form.schedule._tag === "days" && form.schedule.days.length === 0) problems.set("schedule", "days")
  if (form.schedule._tag === "cron" && form.schedule.fields.trim().split(/\s+/).length !== 5) {
    problems.set("schedule", "cron")
  }
  if (form.absence !== "none" && !isWhole(form.absenceAfter, 1, 1_000)) problems.set("absenceAfter", "absenceAfter")
  return problems
}

const settings = (form: GameForm) => ({
  game_name: form.name.trim(),
  description: form.description.trim(),
  min_players: form.leastPeople + form.computers,
  max_players: form.people + form.computers,
  computer_players: form.computers,
  turn_schedule: cronOf(form.schedule),
  time_zone: form.timeZone,
  early_turns: form.earlyTurns || form.schedule._tag === "ready",
  missed_turns_reminder: form.absence === "none" ? 0 : Math.max(1, form.absenceAfter - 1),
  missed_turns_limit: form.absence === "none" ? 0 : form.absenceAfter,
  absence_action: form.absence
})

/** The request for a new game. `key` must be new for each game that is wanted, and the same for each try. */
export const createRequest = (form: GameForm, key: string): Requests["lobby.games.create"] => ({
  ...settings(form),
  race_name: shownName(form.race),
  idempotency_key: key
})

/** The request that changes a game to what the form says. In play, what can't change any more is left out. */
export const updateRequest = (form: GameForm, game: Game): Requests["lobby.games.update"] => {
  const { game_name, description, early_turns, missed_turns_reminder, missed_turns_limit, absence_action, ...rest } =
    settings(form)
  const always = {
    game_id: game.game_id,
    game_name,
    description,
    early_turns,
    missed_turns_reminder,
    missed_turns_limit,
    absence_action
  }
  return ["draft", "enrollment_open", "ready_to_start", "start_failed"].includes(game.status)
    ? { ...always, ...rest }
    : always
}

/** The request for a game of one person against computer players. */
export const againstComputer = (options: {
  readonly name: string
  readonly race: string
  readonly computers: number
  readonly timeZone: string
  readonly key: string
}): Requests["lobby.games.create"] => ({
  game_name: options.name,
  min_players: options.computers + 1,
  max_players: options.computers + 1,
  computer_players: options.computers,
  turn_schedule: cronOf({ _tag: "ready" }),
  time_zone: options.timeZone,
  early_turns: true,
  race_name: shownName(options.race),
  idempotency_key: options.key
})

/** The field that a refusal of the server is about, by the names that its messages begin with. */
export const fieldOf = (error: ClientError): Field => {
  if (error._tag !== "CallFailed") return "whole"
  if (error.reason === "name_taken" || /race.?name/.test(error.message)) return "race"
  if (error.reason === "full" || error.message.startsWith("max_players")) return "people"
  if (/turn_schedule|time_zone|turns must/.test(error.message)) return "schedule"
  if (error.message.startsWith("game_name")) return "name"
  if (error.message.startsWith("min_players")) return "leastPeople"
  if (error.message.startsWith("computer_players")) return "computers"
  return error.message.startsWith("missed_turns") ? "absenceAfter" : "whole"
}
