/** Seeded games between computer players and how they went, for balance and regressions at a glance. */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { Order } from "@galaxy/contract/engine/Order"
import { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { Result } from "effect"
import type { Temperament } from "../bot/style.ts"
import { generate, type NoRoom, type SameName, type SamePlayer } from "../generation/generate.ts"
import { reporter } from "../report/reports.ts"
import type { Galaxy } from "../state/Galaxy.ts"
import { holdings } from "../state/holdings.ts"
import { raceAt } from "../state/lookups.ts"
import { nextGalaxy } from "../turn/makeTurn.ts"
import type { TurnEvent } from "../turn/TurnEvent.ts"
import { type Contender, ofLevel, type Seat } from "./Seat.ts"

/** A game to simulate; the same plan always gives the same game. */
export interface Plan {
  readonly seed: string
  readonly players: number
  /** The game is stopped after this many turns when nobody has won. */
  readonly turns: number
  /** Temperament of all players; drawn for each of them when absent. */
  readonly temperament?: Temperament
  /** Versions of the bot, which take the seats in turn from the first race on; the level `fair` when absent. */
  readonly contenders?: readonly [Contender, ...ReadonlyArray<Contender>]
}

/** What a race has at the end of a game; `drive` and `weapons` are its technologies. */
export interface RaceSummary {
  readonly race: string
  /** Name of the version of the bot that played it. */
  readonly contender: string
  readonly temperament: Temperament
  readonly planets: number
  readonly population: number
  readonly ships: number
  readonly drive: number
  readonly weapons: number
  readonly removed: boolean
}

/** How a game went. Battles, bombings and orders are counted over all of its turns. */
export interface GameSummary {
  readonly seed: string
  readonly turns: number
  readonly winners: ReadonlyArray<string>
  readonly battles: number
  readonly bombings: number
  readonly orders: number
  readonly refused: number
  /** In the order of `Galaxy.races`. */
  readonly races: ReadonlyArray<RaceSummary>
}

/** A race's bot and the name of its version. */
interface Player {
  readonly contender: string
  readonly seat: Seat
}

/** A game under way: its state, the log of the last turn, and each race's bot. */
export interface Play {
  readonly galaxy: Galaxy
  readonly log: ReadonlyArray<TurnEvent>
  readonly players: ReadonlyArray<Player>
}

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

const initOf = ({ seed, players }: Plan): InitRequest => ({
  game_id: GameId.make(uuid(1)),
  seed,
  races: Array.from({ length: players }, (_, index) => ({
    name: `Race_${index + 1}`,
    player_id: EnginePlayerId.make(uuid(index + 1))
  }))
})

/** The game at turn 0; fails as `generate` does. */
export const begin = (plan: Plan): Result.Result<Play, NoRoom | SameName | SamePlayer> =>
  Result.map(generate(initOf(plan)), (galaxy) => {
    const contenders = plan.contenders ?? [ofLevel("fair")]
    const players = galaxy.races.map((race, index) => {
      const contender = contenders[index % contenders.length] ?? contenders[0]
      return { contender: contender.name, seat: contender.seat(`${plan.seed} ${race.name}`, plan.temperament) }
    })
    return { galaxy, log: [], players }
  })

/** Makes the next turn, with every race's orders given by its bot. */
export const advance = ({ galaxy, log, players }: Play): Play => {
  const write = reporter(galaxy, log)
  const orders = new Map<number, ReadonlyArray<Order>>()
  const next = players.map(({ contender, seat }, index) => {
    const turn = seat.play(write(index))
    orders.set(index, turn.orders)
    return { contender, seat: turn.next }
  })
  return { ...nextGalaxy(galaxy, { orders, banished: new Set() }), players: next }
}

const raceSummaries = ({ galaxy, players }: Play): ReadonlyArray<RaceSummary> => {
  const held = holdings(galaxy)
  return galaxy.races.map((race, index) => ({
    race: race.name,
    contender: players[index]?.contender ?? "",
    temperament: players[index]?.seat.temperament ?? "builder",
    planets: held[index]?.planets ?? 0,
    population: held[index]?.population ?? 0,
    ships: race.groups.reduce((sum, group) => sum + group.ships, 0),
    drive: race.techs.drive,
    weapons: race.techs.weapons,
    removed: race.removed !== null
  }))
}

/** Plays a whole game and calls `watch` after each turn; fails as `generate` does. */
export const simulate = (
  plan: Plan,
  watch: (play: Play) => void = () => undefined
): Result.Result<GameSummary, NoRoom | SameName | SamePlayer> =>
  Result.map(begin(plan), (start) => {
    let play = start
    const counts = { battles: 0, bombings: 0, orders: 0, refused: 0 }
    while (!play.galaxy.finished && play.galaxy.turn < plan.turns) {
      play = advance(play)
      for (const event of play.log) {
        if (event.kind === "battle") counts.battles += 1
        if (event.kind === "bombing") counts.bombings += 1
        if (event.kind !== "order") continue
        counts.orders += 1
        if (!event.outcome.accepted) counts.refused += 1
      }
      watch(play)
    }
    return {
      seed: plan.seed,
      turns: play.galaxy.turn,
      winners: play.galaxy.winners.map((winner) => raceAt(play.galaxy, winner).name),
      ...counts,
      races: raceSummaries(play)
    }
  })
