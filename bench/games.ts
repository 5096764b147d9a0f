/**
 * Games in their middle, for measurements: 10 planets and 40 groups a player, a third of them in space and some abroad,
 * and 30 orders a player.
 */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { Order } from "@galaxy/contract/engine/Order"
import type { EnginePlayerId, GameId } from "@galaxy/contract/ids/Ids"
import { generate } from "@galaxy/engine/generation/generate"
import * as Random from "@galaxy/engine/random/Random"
import { distance } from "@galaxy/engine/space/distance"
import type { Galaxy, Group, Planet, Race } from "@galaxy/engine/state/Galaxy"
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

/** The request that creates a game of so many players. */
export const init = (players: number): InitRequest => ({
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
export const mature = (players: number): Galaxy => {
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

/** Orders of every player that move ships and change production; a part of them is refused. */
export const decisionsFor = (galaxy: Galaxy): Decisions => ({
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
