/**
 * `npm run simulate`: plays seeded games of computer players against each other and prints a table of the games.
 *
 * Exit codes: 0 when all games were played, 1 when some could not be, 2 for wrong arguments.
 */
import { parseArgs } from "node:util"
import { temperaments, type Temperament } from "@galaxy/engine/bot/style"
import { maxRaces } from "@galaxy/contract/engine/Limits"
import { simulate } from "@galaxy/engine/simulate/simulate"
import { renderSums, renderTable, type Timed } from "@galaxy/engine/simulate/table"
import { Result } from "effect"

const usage = `Plays games of the Galaxy game, bot against bot, and prints a table.

  npm run simulate -- [options]

  --games N          how many games (10)
  --players N        races in each (4)
  --turns N          a game that nobody has won ends here (100)
  --seed TEXT        the first game's seed is TEXT-1, the second's TEXT-2, … (galaxy)
  --temperament T    of all players: ${temperaments.join(", ")}; mixed when absent
  --help             this text

The same options give the same games. Planets and ships are those of the races in their order.
`

interface Options {
  readonly games: number
  readonly players: number
  readonly turns: number
  readonly seed: string
  readonly temperament: Temperament | undefined
}

/** The options, or what is wrong with them. */
const read = (args: ReadonlyArray<string>): Options | "help" | ReadonlyArray<string> => {
  const problems: Array<string> = []
  const text = { type: "string" } as const
  const options = {
    games: text,
    players: text,
    turns: text,
    seed: text,
    temperament: text,
    help: { type: "boolean" }
  } as const
  const parsed = Result.try({
    try: () => parseArgs({ args: [...args], options }).values,
    catch: (error) => (error instanceof Error ? error.message : String(error))
  })
  if (Result.isFailure(parsed)) return [parsed.failure]
  const given = parsed.success
  if (given.help === true) return "help"
  const whole = (name: "games" | "players" | "turns", fallback: number, low: number, high: number): number => {
    const value = given[name] === undefined ? fallback : Number(given[name])
    if (!Number.isInteger(value) || value < low || value > high) {
      problems.push(`--${name}: expected a whole number from ${low} to ${high}`)
    }
    return value
  }
  const temperament = temperaments.find((it) => it === given.temperament)
  if (given.temperament !== undefined && temperament === undefined) {
    problems.push(`--temperament: expected one of ${temperaments.join(", ")}`)
  }
  const found = {
    games: whole("games", 10, 1, 10_000),
    players: whole("players", 4, 2, maxRaces),
    turns: whole("turns", 100, 1, 10_000),
    seed: given.seed ?? "galaxy",
    temperament
  }
  return problems.length > 0 ? problems : found
}

const play = ({ games, players, turns, seed, temperament }: Options): void => {
  const played: Array<Timed> = []
  for (let number = 1; number <= games; number++) {
    const started = performance.now()
    const plan = { seed: `${seed}-${number}`, players, turns, ...(temperament === undefined ? {} : { temperament }) }
    const game = simulate(plan)
    if (Result.isFailure(game)) {
      process.stderr.write(`simulate: ${plan.seed}: ${game.failure.message}\n`)
      process.exitCode = 1
      continue
    }
    played.push({ game: game.success, millis: performance.now() - started })
  }
  process.stdout.write(`${renderTable(played)}\n\n${renderSums(played)}\n`)
}

const options = read(process.argv.slice(2))
if (options === "help") process.stdout.write(usage)
else if ("games" in options) play(options)
else {
  for (const problem of options) process.stderr.write(`simulate: ${problem}\n`)
  process.exitCode = 2
}
