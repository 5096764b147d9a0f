/** The commands of `play`. The last line that a command prints says what the file now holds. */
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { botOrders } from "@galaxy/engine/bot/botOrders"
import { generate } from "@galaxy/engine/generation/generate"
import { forecast } from "@galaxy/engine/orders/forecast"
import { raceNamed, raceTyped } from "@galaxy/engine/orders/subjects"
import { reporter, reportsOf } from "@galaxy/engine/report/reports"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { raceAt } from "@galaxy/engine/state/lookups"
import { rulesets } from "@galaxy/engine/rules/Ruleset"
import { renderMap } from "@galaxy/engine/text/map"
import { readerOf } from "@galaxy/engine/text/OrderReader"
import { PlanetNames } from "@galaxy/engine/text/planetNames"
import { makeTurn } from "@galaxy/engine/turn/makeTurn"
import { sha256Hex } from "@galaxy/engine/random/sha256"
import { Effect, Result } from "effect"
import type { CheckOrders, Command, GivenOrders, NewCommand, PlayTurn, ShowMap, ShowReport } from "./Command.ts"
import { count } from "./count.ts"
import { cannot } from "./failures.ts"
import * as GalaxyFile from "./GalaxyFile.ts"
import { readAll } from "./orderFiles.ts"
import { asJson, asText, writeAll } from "./reportFiles.ts"
import { verdictsOf } from "./verdicts.ts"

/** An id that is the same for the same text. */
const idOf = (text: string): string => {
  const hex = sha256Hex(text)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const rulesetOf = ({ ruleset }: Galaxy) => rulesets[ruleset]

const newGame = Effect.fn("play.new")(function* ({ state, races, seed: given, ruleset, reports }: NewCommand) {
  const seed = given ?? globalThis.crypto.randomUUID()
  const game = [seed, ruleset, ...races].join("\n")
  const generated = generate({
    game_id: GameId.make(idOf(game)),
    seed,
    options: { ruleset },
    races: races.map((name) => ({ name, player_id: EnginePlayerId.make(idOf(`${game}\n\n${name}`)) }))
  })
  if (Result.isFailure(generated)) return yield* cannot(generated.failure.message)
  const galaxy = generated.success
  yield* GalaxyFile.create(state, { galaxy, log: [] })
  if (reports !== undefined) yield* writeAll(reports, reportsOf(galaxy, []), rulesetOf(galaxy))
  return `${state}: turn 0, ${count(races.length, "race")}, ${count(galaxy.planets.length, "planet")}\n`
})

const indexIn = (galaxy: Galaxy, race: string) => {
  const index = raceTyped(galaxy, race)
  if (index !== undefined) return Effect.succeed(index)
  return cannot(`there is no race ${race}; there are ${galaxy.races.map(({ name }) => name).join(", ")}`)
}

/** The index of a race that is still in the game. */
const playing = Effect.fnUntraced(function* (galaxy: Galaxy, race: string) {
  const index = yield* indexIn(galaxy, race)
  const { name, removed } = raceAt(galaxy, index)
  return removed === null ? index : yield* cannot(`${name} has left the game`)
})

const ending = ({ finished, winners, races }: Galaxy): ReadonlyArray<string> => {
  if (!finished) return []
  if (winners.length === 0) return ["The game is over. Nobody won."]
  return [`The game is over. Won by ${winners.map((it) => races[it]?.name ?? it).join(", ")}.`]
}

/** The game of a turn, and the orders in files for it. */
const opened = Effect.fnUntraced(function* ({ state, orders, keepGoing }: GivenOrders) {
  const found = yield* GalaxyFile.read(state)
  const { galaxy } = found
  if (galaxy.finished) return yield* cannot(`${state}: the game is over, there are no more turns`)
  const write = reporter(galaxy, found.log)
  const givers = yield* Effect.forEach(orders, ({ race }) => playing(galaxy, race))
  const files = orders.map(({ file }, at) => ({ file, writer: readerOf(write(givers[at] ?? 0)) }))
  return { found, write, givers, read: yield* readAll(files, keepGoing) }
})

const checkOrders = Effect.fn("play.check")(function* (command: CheckOrders) {
  const { found, write, givers, read } = yield* opened(command)
  const lines = read.flatMap((file, at) => {
    const race = givers[at] ?? 0
    const outcomes = forecast(found.galaxy, race, file.orders).flatMap((verdict, position) => {
      const order = file.orders[position]
      return order === undefined ? [] : [{ ...verdict, order }]
    })
    return verdictsOf(write(race), outcomes, file)
  })
  return [...lines, `${command.state}: still turn ${found.galaxy.turn}`].map((line) => `${line}\n`).join("")
})

const playTurn = Effect.fn("play.turn")(function* (command: PlayTurn) {
  const { state } = command
  const { found, write, givers, read } = yield* opened(command)
  const before = found.galaxy
  const bots = yield* Effect.forEach(command.bots, (race) => playing(before, race))

  const orders = new Map<number, ReadonlyArray<Order>>(givers.map((race, at) => [race, read[at]?.orders ?? []]))
  for (const race of bots) orders.set(race, botOrders(write(race)))
  const turn = makeTurn(before, { orders, banished: new Set() })
  const { galaxy, reports } = turn
  yield* GalaxyFile.replace(state, found, turn)

  // A race that left in an earlier turn has nothing to read.
  const readers = reports.filter((_, race) => raceAt(before, race).removed === null)
  if (command.reports !== undefined) yield* writeAll(command.reports, readers, rulesetOf(galaxy))
  const verdicts = readers.flatMap((report) => {
    const race = raceNamed(before, report.race) ?? 0
    const after = raceAt(galaxy, race).removed === null ? "" : "; left the game"
    return verdictsOf(report, report.orders, read[givers.indexOf(race)], after)
  })
  return [...verdicts, ...ending(galaxy), `${state}: turn ${galaxy.turn}`].map((line) => `${line}\n`).join("")
})

const showReport = Effect.fn("play.report")(function* ({ state, race, json }: ShowReport) {
  const { galaxy, log } = yield* GalaxyFile.read(state)
  const report = reporter(galaxy, log)(yield* indexIn(galaxy, race))
  return json ? asJson(report) : asText(report, rulesetOf(galaxy))
})

/** The number of the planet that somebody means by a name or a number. */
const planetMeant = (report: Report, typed: string) => {
  const text = typed.trim().replace(/^#/, "")
  const number = /^\d+$/.test(text) ? Number(text) : new PlanetNames(readerOf(report).planets ?? []).numberOf(text)
  return number !== undefined && number >= 1 && number <= report.summary.planets
    ? Effect.succeed(number)
    : cannot(`${report.race} knows no planet ${typed}; there are #1 to #${report.summary.planets}`)
}

const showMap = Effect.fn("play.map")(function* ({ state, race, at, radius }: ShowMap) {
  const { galaxy, log } = yield* GalaxyFile.read(state)
  const report = reporter(galaxy, log)(yield* indexIn(galaxy, race))
  if (at === undefined) return renderMap(report, {}, rulesetOf(galaxy))
  const planet = yield* planetMeant(report, at)
  return renderMap(report, { at: planet, ...(radius === undefined ? {} : { radius }) }, rulesetOf(galaxy))
})

/** Runs a command and returns its output; fails with `CannotPlay`. */
export const run = (command: Command) => {
  switch (command.command) {
    case "help":
      return Effect.succeed(command.text)
    case "new":
      return newGame(command)
    case "turn":
      return playTurn(command)
    case "check":
      return checkOrders(command)
    case "report":
      return showReport(command)
    case "map":
      return showMap(command)
  }
}
