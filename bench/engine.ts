/**
 * The engine under load: turns and reports of games of many sizes, and one big battle.
 *
 * A game has 10 planets and 40 groups a player, a third of them in space and some abroad, and 30 orders a player.
 */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { Order } from "@galaxy/contract/engine/Order"
import type { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { fight } from "@galaxy/engine/battle/fight"
import { killChance, logOf } from "@galaxy/engine/formulas/shot"
import { generate } from "@galaxy/engine/generation/generate"
import * as Random from "@galaxy/engine/random/Random"
import { reportsOf } from "@galaxy/engine/report/reports"
import { plus } from "@galaxy/engine/rules/Ruleset"
import { distance } from "@galaxy/engine/space/distance"
import { canonicalJson } from "@galaxy/engine/state/canonical"
import type { Galaxy, Group, Planet, Race } from "@galaxy/engine/state/Galaxy"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import type { Decisions } from "@galaxy/engine/turn/Phase"
import { Result } from "effect"

const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

const groupsPerPlayer = 40

const classes = [
  { name: "Drone", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 },
  { name: "Freighter", drive: 8, armament: 0, weapons: 0, shields: 2, cargo: 10 },
  { name: "Cruiser", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 },
  { name: "Gunship", drive: 4, armament: 2, weapons: 2, shields: 4, cargo: 0 }
]

const init = (players: number): InitRequest => ({
  game_id: uuid(1) as GameId,
  seed: "bench",
  races: Array.from({ length: players }, (_, index) => ({
    name: `Race${index}`,
    player_id: uuid(index + 1) as EnginePlayerId
  }))
})

/** Every free planet goes to a race, in turn. */
const settled = (planets: ReadonlyArray<Planet>, players: number): ReadonlyArray<Planet> => {
  let next = 0
  return planets.map((planet) => {
    const owned = planet.owner === null && planet.size > 0
    const owner = owned ? next++ % players : planet.owner
    const people = owned ? planet.size * 0.8 : planet.population
    return {
      ...planet,
      owner,
      population: people,
      industry: owned ? people * 0.7 : planet.industry,
      materials: 50,
      colonists: owner === null ? 0 : 4,
      production:
        owner === null
          ? null
          : planet.number % 3 === 0
            ? { kind: "ships" as const, class: "Cruiser", banked: 100 }
            : planet.number % 3 === 1
              ? { kind: "capital" as const }
              : { kind: "science" as const, science: "Mix" }
    }
  })
}

/** A game in its middle. */
const mature = (players: number): Galaxy => {
  const start = Result.getOrThrow(generate(init(players)))
  const random = Random.make("bench", players)
  const planets = settled(start.planets, players)
  const groupsOf = (race: number): ReadonlyArray<Group> => {
    const own = planets.filter((it) => it.owner === race)
    const near = own.flatMap((home) => planets.filter((it) => distance("torus", start.size, home, it) < 25))
    return Array.from({ length: groupsPerPlayer }, (_, index): Group => {
      const kind = classes[index % classes.length]?.name ?? "Drone"
      const home = own[random.below(own.length)]?.number ?? 1
      const target = near[random.below(near.length)]?.number ?? home
      const flies = index % 3 === 0 && target !== home
      const abroad = index % 7 === 1
      return {
        number: index + 1,
        class: kind,
        ships: 1 + random.below(5),
        techs: {
          drive: 1 + index / 100,
          weapons: kind === "Cruiser" || kind === "Gunship" ? 1.2 : 0,
          shields: kind === "Drone" ? 0 : 1,
          cargo: kind === "Freighter" ? 1 : 0
        },
        goods: kind === "Freighter" && index % 2 === 0 ? "colonists" : null,
        load: kind === "Freighter" && index % 2 === 0 ? 5 : 0,
        at: abroad && !flies ? target : home,
        to: flies ? target : null,
        distance: flies ? 12 : 0,
        fleet: null
      }
    })
  }
  const races = start.races.map(
    (race, index): Race => ({
      ...race,
      techs: { drive: 1.5, weapons: 1.4, shields: 1.3, cargo: 1.1 },
      classes,
      sciences: [{ name: "Mix", drive: 0.25, weapons: 0.25, shields: 0.25, cargo: 0.25 }],
      groups: groupsOf(index),
      // Neighbours at peace by and large, so that there is somebody left to fly.
      peace_with: Array.from({ length: players }, (_, other) => other).filter((other) => (other + index) % 8 !== 0)
    })
  )
  return { ...start, turn: 30, planets, races }
}

const decisionsFor = (galaxy: Galaxy): Decisions => ({
  banished: new Set(),
  orders: new Map(
    galaxy.races.map((_, index): [number, ReadonlyArray<Order>] => {
      const own = galaxy.planets.filter((it) => it.owner === index).map((it) => it.number)
      const at = (position: number): number => own[position % own.length] ?? 1
      return [
        index,
        Array.from({ length: 30 }, (_, position): Order => {
          switch (position % 5) {
            case 0:
              return { op: "produce", planet: at(position), product: position % 2 === 0 ? "Cruiser" : "MAT" }
            case 1:
              return { op: "send", group: position + 1, planet: at(position) }
            case 2:
              return { op: "load", group: position + 1, goods: "MAT" }
            case 3:
              return { op: "route", planet: at(position), goods: "COL", to: at(position + 1) }
            default:
              return { op: "upgrade", group: position + 1, block: "ALL" }
          }
        })
      ]
    })
  )
})

const median = (values: ReadonlyArray<number>) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** Milliseconds that some work takes: the median of some runs after a first one. */
const timed = (runs: number, work: () => unknown): number => {
  work()
  return median(
    Array.from({ length: runs }, () => {
      const started = performance.now()
      work()
      return performance.now() - started
    })
  )
}

const ms = (value: number) => `${value.toFixed(1)} ms`.padStart(11)

/** Turns of games of growing size, and how time grows with what there is. */
const turns = () => {
  console.log("\nA turn of a Galaxy game, 10 planets, 40 groups and 30 orders a player (one core)")
  console.log(
    "  players  planets+groups       turn    reports        sum   per planet+group   against 10   state    heap"
  )
  let first: number | undefined
  for (const players of [10, 50, 200]) {
    const galaxy = mature(players)
    const decisions = decisionsFor(galaxy)
    const things = galaxy.planets.length + galaxy.races.reduce((sum, race) => sum + race.groups.length, 0)
    const turn = timed(7, () => nextGalaxy(galaxy, decisions))
    const made = nextGalaxy(galaxy, decisions)
    const reports = timed(7, () => reportsOf(made.galaxy, made.log))
    const each = ((turn + reports) / things) * 1000
    first ??= each
    const state = canonicalJson(made.galaxy).length / 1e6
    const heap = process.memoryUsage().heapUsed / 1e6
    console.log(
      `  ${String(players).padStart(7)}  ${String(things).padStart(14)} ${ms(turn)}${ms(reports)}${ms(turn + reports)}   ` +
        `${`${each.toFixed(1)} us`.padStart(16)}   ${(each / first).toFixed(2).padStart(10)}   ` +
        `${state.toFixed(1)} MB  ${heap.toFixed(0)} MB`
    )
  }
}

const battle = () => {
  const size = 20_000
  const strength = { attack: 10, defence: 10 }
  const side = (index: number) => ({
    side: index,
    ships: size,
    guns: 1,
    logAttack: logOf(plus, strength.attack),
    logDefence: logOf(plus, strength.defence)
  })
  const many = (index: number) => Array.from({ length: 100 }, () => ({ ...side(index), ships: size / 100 }))
  const run = (combatants: ReadonlyArray<ReturnType<typeof side>>) => {
    let shots = 0
    const time = timed(5, () => {
      const outcome = fight(Random.make("battle"), combatants, [[1], [0]], {
        rounds: plus.battleRounds,
        shots: plus.battleShots,
        shotsWithoutLoss: plus.battleShotsWithoutLoss
      })
      shots = outcome?.shots ?? 0
    })
    return `${ms(time)}  ${shots.toLocaleString("en")} shots`
  }
  console.log(
    `\nA battle of ${size.toLocaleString("en")} against as many, kill chance ${killChance(plus, 10, 10).toFixed(2)}`
  )
  console.log(`  one group a side        ${run([side(0), side(1)])}`)
  console.log(`  a hundred groups a side ${run([...many(0), ...many(1)])}`)
}

export const engineUnderLoad = (): void => {
  turns()
  battle()
}
