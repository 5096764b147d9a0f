/** A table of games for a terminal. */
import { type Column, count, headed, numbers, words } from "../text/table.ts"
import type { GameSummary } from "./simulate.ts"

/** A game and how long it took, in milliseconds. */
export interface Timed {
  readonly game: GameSummary
  readonly millis: number
}

const percent = numbers((value) => `${value.toFixed(1)}%`)
const tenths = numbers((value) => value.toFixed(1))

const columns: ReadonlyArray<Column<Timed>> = [
  words("seed", ({ game }) => game.seed),
  count("turns", ({ game }) => game.turns),
  words("winner", ({ game }) => game.winners.join("+")),
  words("planets", ({ game }) => game.races.map((race) => race.planets).join("/")),
  words("ships", ({ game }) => game.races.map((race) => race.ships).join("/")),
  count("battles", ({ game }) => game.battles),
  count("bombings", ({ game }) => game.bombings),
  percent("refused", ({ game }) => (100 * game.refused) / Math.max(1, game.orders)),
  tenths("ms/turn", ({ game, millis }) => millis / Math.max(1, game.turns))
]

/** One line per game; planets and ships of the races are in their order. */
export const renderTable = (games: ReadonlyArray<Timed>): string => headed(columns, games).join("\n")

const mean = (values: ReadonlyArray<number>): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

/** Seats and wins by name. */
type Tally = Map<string, { readonly seats: number; readonly wins: number }>

const add = (tally: Tally, name: string, won: boolean): void => {
  const { seats, wins } = tally.get(name) ?? { seats: 0, wins: 0 }
  tally.set(name, { seats: seats + 1, wins: wins + (won ? 1 : 0) })
}

const linesOf = (tally: Tally): ReadonlyArray<string> =>
  [...tally]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { seats, wins }]) => `${name}: ${wins} of ${seats} seats won`)

/** Totals of all games: how long they last, and who wins by version of the bot, by temperament and by seat. */
export const renderSums = (games: ReadonlyArray<Timed>): string => {
  const contenders: Tally = new Map()
  const temperaments: Tally = new Map()
  const seats = new Map<number, number>()
  for (const { game } of games) {
    for (const [seat, race] of game.races.entries()) {
      const won = game.winners.includes(race.race)
      add(contenders, race.contender, won)
      add(temperaments, race.temperament, won)
      if (won) seats.set(seat, (seats.get(seat) ?? 0) + 1)
    }
  }
  const decided = games.filter(({ game }) => game.winners.length > 0)
  const lines = [
    `${games.length} games, ${decided.length} decided, ${mean(games.map(({ game }) => game.turns)).toFixed(1)} turns on average`,
    ...linesOf(contenders),
    ...linesOf(temperaments),
    `wins by seat: ${
      [...seats]
        .toSorted(([one], [other]) => one - other)
        .map(([seat, wins]) => `${seat + 1}: ${wins}`)
        .join(", ") || "none"
    }`
  ]
  return lines.join("\n")
}
