/** Races that the engine plays itself: their orders for a turn, and what they remember after it. */
import type { ComputerLevel } from "@galaxy/contract/engine/Admin"
import type { Report } from "@galaxy/contract/engine/Report"
import type { Galaxy, Race } from "../state/Galaxy.ts"
import type { Decisions } from "../turn/Phase.ts"
import { type BotTurn, playTurn } from "./botOrders.ts"
import { blank } from "./Memory.ts"
import { styleOf } from "./style.ts"

/** Indices of the races in the game that the engine plays. */
export const computersIn = (galaxy: Galaxy): ReadonlyArray<number> =>
  galaxy.races.flatMap((race, index) => (race.computer !== undefined && race.removed === null ? [index] : []))

/** The galaxy with the engine in these seats too, by race index. They begin with nothing to remember. */
export const takenOver = (galaxy: Galaxy, computers: ReadonlyMap<number, ComputerLevel>): Galaxy =>
  computers.size === 0
    ? galaxy
    : {
        ...galaxy,
        races: galaxy.races.map((race, index) => {
          const level = computers.get(index)
          return level === undefined || race.computer !== undefined
            ? race
            : { ...race, computer: { level, memory: blank } }
        })
      }

/** Plays the turn after a report for a race; undefined when people play it. */
export const playComputer = (galaxy: Galaxy, race: Race, report: Report): BotTurn | undefined =>
  race.computer === undefined
    ? undefined
    : playTurn(report, race.computer.memory, styleOf(`${galaxy.seed} ${race.name}`, race.computer.level))

/** The decisions with the orders of computers, by race index, in place of any others that these races may have. */
export const withComputers = (decisions: Decisions, turns: ReadonlyMap<number, BotTurn>): Decisions => ({
  ...decisions,
  orders: new Map([...decisions.orders, ...[...turns].map(([race, { orders }]) => [race, orders] as const)])
})

/** The galaxy after the turn, with what its computers remember now. */
export const remembering = (galaxy: Galaxy, turns: ReadonlyMap<number, BotTurn>): Galaxy => ({
  ...galaxy,
  races: galaxy.races.map((race, index) => {
    const turn = turns.get(index)
    return turn === undefined || race.computer === undefined
      ? race
      : { ...race, computer: { ...race.computer, memory: turn.memory } }
  })
})
