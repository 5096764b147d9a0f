/** A galaxy in which every order can be carried out, and refused for any reason. */
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import { galaxyOf, lone, raceName } from "../support/games.ts"

const drone = { name: "Drone", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
const hauler = { name: "Hauler", drive: 8, armament: 0, weapons: 0, shields: 2, cargo: 10 }
const cruiser = { name: "Cruiser", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 }
const fort = { name: "Fort", drive: 0, armament: 1, weapons: 10, shields: 10, cargo: 0 }

const group = (number: number, change: Partial<Group> = {}): Group => ({
  ...lone,
  number,
  class: "Drone",
  ships: 4,
  techs: { drive: 1, weapons: 0, shields: 0, cargo: 0 },
  ...change
})

const loaded = { class: "Hauler", techs: { drive: 1, weapons: 0, shields: 1, cargo: 1 } }
const armed = { class: "Cruiser", techs: { drive: 1, weapons: 1, shields: 1, cargo: 0 } }

/**
 * Planets: 1 and 2 own, 3 a stranger's, 4 nobody's, 5 nobody's without room, 6 far away. Race 2 has left.
 */
export const galaxy: Galaxy = (() => {
  const made = galaxyOf(
    [
      { x: 10, y: 10, colonists: 30, capital: 20, materials: 10 },
      { x: 20, y: 10, size: 500, population: 400, industry: 300, production: { kind: "science", science: "Mix" } },
      { x: 30, y: 10, owner: 1, name: "Vega" },
      { x: 10, y: 20, owner: null, size: 50, population: 0, industry: 0, production: null, materials: 6 },
      { x: 10, y: 30, owner: null, size: 0, population: 0, industry: 0, production: null },
      { x: 55, y: 60, owner: null, population: 0, industry: 0, production: null },
      { x: 12, y: 10, production: { kind: "ships", class: "Cruiser", banked: 200 } },
      { owner: 2 }
    ],
    { size: 120 }
  )
  const own: ReadonlyArray<Group> = [
    group(1),
    group(2, { ...loaded, ships: 2 }),
    group(3, { ...loaded, goods: "capital", load: 5, ships: 2 }),
    group(4, { at: 1, to: 2, distance: 4 }),
    group(5, { ...loaded, at: 3, goods: "colonists", load: 6, ships: 2 }),
    group(6, { class: "Fort", techs: { drive: 0, weapons: 1, shields: 1, cargo: 0 }, ships: 1 }),
    group(7, { fleet: "Home" }),
    group(8, { at: 2, fleet: "Away" }),
    group(9, { at: 1, to: 2, distance: 4, fleet: "Gone" }),
    group(10, { ...armed, ships: 10 }),
    group(11, { ...loaded, at: 4, goods: "colonists", load: 2, ships: 1 }),
    group(12, { ...loaded, at: 5, goods: "colonists", load: 2, ships: 1 }),
    group(13, { ...loaded, goods: "materials", load: 15, ships: 1 }),
    group(14, { ...loaded, at: 3, ships: 1 }),
    group(15, { ...loaded, at: 4, ships: 1 }),
    group(16, { ...armed, at: 3, ships: 1 }),
    group(20)
  ]
  return {
    ...made,
    races: made.races.map((race, index) => ({
      ...race,
      ...(index === 0 ? { techs: { drive: 1.5, weapons: 2, shields: 1, cargo: 1 } } : {}),
      ...(index === 2 ? { removed: { turn: 1, reason: "idle" as const } } : {}),
      classes:
        index === 0
          ? [drone, hauler, cruiser, fort, { ...drone, name: "Unused", drive: 3 }, { ...drone, name: "Twin" }]
          : [{ ...drone, name: "Cruiser" }],
      sciences: index === 0 ? [{ name: "Mix", drive: 0.5, weapons: 0.5, shields: 0, cargo: 0 }] : [],
      groups: index === 0 ? own : []
    })),
    planets: made.planets.map((planet) => (planet.owner === 2 ? { ...planet, owner: null, production: null } : planet))
  }
})()

export const [me, other, gone] = [raceName(0), raceName(1), raceName(2)]
