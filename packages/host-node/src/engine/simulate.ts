/**
 * `npm run simulate`: plays seeded games of computer players against each other and prints a table of the games.
 *
 * Exit codes: 0 when all games were played, 1 when some could not be, 2 for wrong arguments.
 */
import { parseArgs } from "node:util"
import { type ComputerLevel, computerLevels } from "@galaxy/contract/engine/Admin"
import { maxRaces } from "@galaxy/contract/engine/Limits"
import { temperaments, type Temperament } from "@galaxy/engine/bot/style"
import { type Contender, ofLevel } from "@galaxy/engine/simulate/Seat"
import { simulate } from "@galaxy/engine/simulate/simulate"
import { opponent } from "./simulate/opponent.ts"
import { renderSums, renderTable, type Timed } from "@galaxy/engine/simulate/table"
import { Result } from "effect"

const usage = `Plays games of the Galaxy game, bot against bot, and prints a table.

  npm run simulate -- [options]

  --games N          how many games (10)
  --players N        races in each (4)
  --turns N          a game that nobody has won ends here (100)
  --seed TEXT        the first game's seed is TEXT-1, the second's TEXT-2, … (galaxy)
  --temperament T    of all players: ${temperaments.join(", ")}; mixed when absent
  --level L          how well they play: ${computerLevels.join(", ")} (fair)
  --versus V         every second race is played by another version of the bot: a level, or the folder of
                     another work tree, whose bot then plays at the same level
  --help             this text

The same options give the same games. Planets and ships are those of the races in their order. With --versus the two
versions take turns in having the first seat, and the last lines say how often each of them won.
`

interface Options {
  readonly games: number
  readonly players: number
  readonly turns: number
  readonly seed: string
  readonly temperament: Temperament | undefined
  readonly level: ComputerLevel
  /** A level or a folder. */
  readonly versus: string | undefined
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
    level: text,
    versus: text,
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
  const level = computerLevels.find((it) => it === (given.level ?? "fair"))
  if (level === undefined) problems.push(`--level: expected one of ${computerLevels.join(", ")}`)
  const found = {
    games: whole("games", 10, 1, 10_000),
    players: whole("players", 4, 2, maxRaces),
    turns: whole("turns", 100, 1, 10_000),
    seed: given.seed ?? "galaxy",
    temperament,
    level: level ?? "fair",
    versus: given.versus
  }
  return problems.length > 0 ? problems : found
}

/** The versions that play, in the order of their seats; the other way round in every second game. */
const contendersOf = async ({ level, versus }: Options): Promise<ReadonlyArray<Contender>> =>
  versus === undefined ? [ofLevel(level)] : [ofLevel(level), await opponent(versus, level)]

const play = (options: Options, contenders: ReadonlyArray<Contender>): void => {
  const { games, players, turns, seed, temperament } = options
  const played: Array<Timed> = []
  for (let number = 1; number <= games; number++) {
    const started = performance.now()
    const [first = ofLevel("fair"), ...others] = number % 2 === 1 ? contenders : contenders.toReversed()
    const plan = {
      seed: `${seed}-${number}`,
      players,
      turns,
      contenders: [first, ...others] as const,
      ...(temperament === undefined ? {} : { temperament })
    }
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

/** Says what is wrong with the arguments. */
const refuse = (problems: ReadonlyArray<string>): void => {
  for (const problem of problems) process.stderr.write(`simulate: ${problem}\n`)
  process.exitCode = 2
}

const options = read(process.argv.slice(2))
if (options === "help") process.stdout.write(usage)
else if ("games" in options) {
  const contenders = await contendersOf(options).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error)
  )
  if (typeof contenders === "string") refuse([`--versus: ${contenders}`])
  else play(options, contenders)
} else refuse(options)
