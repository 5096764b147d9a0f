/**
 * The worst list of 1,000 orders of each kind, for a race with as much of everything as one can have: 10,000 groups,
 * 1,000 ship classes and sciences, 2,000 planets.
 */
import { maxOrders } from "@galaxy/contract/engine/Limits"
import type { Order } from "@galaxy/contract/engine/Order"
import { type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"
import { executeAll } from "@galaxy/engine/orders/execute"
import { maxClasses, maxGroups, maxSciences } from "@galaxy/engine/rules/limits"
import { draftOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import { mature } from "./games.ts"
import { median } from "./measure.ts"

const planets = 2000
const guard = { name: "Guard", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 10 }
const numbers = { drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }
const parts = { drive: 0.25, weapons: 0.25, shields: 0.25, cargo: 0.25 }

type Ships = "distinct" | "half as many" | "each a fleet" | "one fleet"

/** Groups of which no two can be merged. */
const groupsOf = (ships: Ships): ReadonlyArray<Group> =>
  Array.from({ length: ships === "half as many" ? maxGroups / 2 : maxGroups }, (_, at) => ({
    number: at + 1,
    class: guard.name,
    ships: 2000,
    techs: { drive: 1 + at / 1e6, weapons: 1, shields: 1, cargo: 1 },
    goods: "capital",
    load: 0.5,
    at: 1,
    to: null,
    distance: 0,
    fleet: ships === "each a fleet" ? `Fleet_${at}` : ships === "one fleet" ? "Fleet" : null
  }))

const emperor = (ships: Ships): Galaxy => {
  const galaxy = mature(2)
  const [planet] = galaxy.planets
  const [race, other] = galaxy.races
  if (planet === undefined || race === undefined || other === undefined) throw new Error("the game has no races")
  const own = {
    ...planet,
    owner: 0,
    size: 1000,
    population: 1000,
    industry: 1000,
    production: { kind: "capital" } as const
  }
  return {
    ...galaxy,
    planets: Array.from({ length: planets }, (_, at) => ({
      ...own,
      number: at + 1,
      name: `Planet_${at}`,
      x: at % 50,
      y: Math.floor(at / 50),
      capital: 1e6,
      routes: {}
    })),
    races: [
      {
        ...race,
        techs: { drive: 2, weapons: 2, shields: 2, cargo: 2 },
        classes: [guard, ...Array.from({ length: maxClasses - 1 }, (_, at) => ({ ...numbers, name: `Class_${at}` }))],
        sciences: Array.from({ length: maxSciences }, (_, at) => ({ ...parts, name: `Science_${at}` })),
        groups: groupsOf(ships)
      },
      { ...other, classes: [], groups: [] }
    ]
  }
}

type List = readonly [ships: Ships, order: (at: number, names: readonly [string, string]) => Order]

const worst: { readonly [Op in OrderOp]: List } = {
  peace: ["distinct", (_, [own]) => ({ op: "peace", race: own })],
  war: ["distinct", (_, [own]) => ({ op: "war", race: own })],
  break_group: ["half as many", () => ({ op: "break_group", group: 1, ships: 1 })],
  design_class: ["distinct", (at) => ({ op: "design_class", name: `New_${at}`, ...numbers })],
  delete_class: ["distinct", (at) => ({ op: "delete_class", class: `Class_${at}` })],
  rename_class: ["distinct", (at) => ({ op: "rename_class", class: `Class_${at}`, name: "Class_998" })],
  create_science: ["distinct", (at) => ({ op: "create_science", name: `New_${at}`, ...parts })],
  delete_science: ["distinct", (at) => ({ op: "delete_science", science: `Science_${at}` })],
  merge_groups: ["distinct", () => ({ op: "merge_groups" })],
  join_fleet: ["each a fleet", (at) => ({ op: "join_fleet", group: at + 1, fleet: `New_${at}` })],
  merge_fleets: ["each a fleet", (at) => ({ op: "merge_fleets", fleet: `Fleet_${at}`, into: "Fleet_9999" })],
  give: ["distinct", (_, [, other]) => ({ op: "give", group: 0, race: other })],
  dismantle: ["distinct", () => ({ op: "dismantle", group: 0 })],
  load: ["half as many", (at) => ({ op: "load", group: at + 1, goods: "CAP", ships: 1 })],
  unload: ["half as many", (at) => ({ op: "unload", group: at + 1, ships: 1 })],
  rename_planet: ["distinct", (at) => ({ op: "rename_planet", planet: at + 1, name: `New_${at}` })],
  produce: ["distinct", (at) => ({ op: "produce", planet: at + 1, product: `Class_${at % 900}` })],
  route: ["distinct", (at) => ({ op: "route", planet: at + 1, goods: "COL", to: planets })],
  send: ["one fleet", (at) => ({ op: "send", fleet: "Fleet", planet: 2 + (at % 2) })],
  vote: ["distinct", (_, [, other]) => ({ op: "vote", race: other })],
  upgrade: ["half as many", (at) => ({ op: "upgrade", group: at + 1, ships: 1 })],
  quit: ["distinct", (_, [own]) => ({ op: "quit", race: own })]
}

/** Milliseconds that a list takes; making the draft isn't counted. */
const millis = (galaxy: Galaxy, orders: ReadonlyArray<Order>): number => {
  const draft = draftOf(galaxy)
  const started = performance.now()
  executeAll(draft, raceOf(draft, 0), orders)
  return performance.now() - started
}

/** Prints what the worst list of each kind takes, beside one order of it. */
export const worstLists = (): void => {
  console.log(`\nThe worst list of ${maxOrders.toLocaleString("en")} orders of each kind, 10,000 groups (one core)`)
  console.log("  kind                 one order        the list")
  for (const op of orderOps) {
    const [ships, order] = worst[op]
    const galaxy = emperor(ships)
    const [own, other] = galaxy.races
    const list = Array.from({ length: maxOrders }, (_, at) => order(at, [own?.name ?? "", other?.name ?? ""]))
    millis(galaxy, list)
    const times = (orders: ReadonlyArray<Order>) =>
      `${median(Array.from({ length: 3 }, () => millis(galaxy, orders))).toFixed(2)} ms`
    console.log(`  ${op.padEnd(16)} ${times(list.slice(0, 1)).padStart(13)} ${times(list).padStart(15)}`)
  }
}
