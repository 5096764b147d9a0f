/** Orders of a player who tries everything: mostly what is possible, and every now and then nonsense. */
import type { Order } from "@galaxy/contract/engine/Order"
import { orderArguments, type OrderOp, orderOps } from "@galaxy/contract/engine/OrderArguments"
import type { Random } from "@galaxy/engine/random/Random"
import { distance } from "@galaxy/engine/space/distance"
import type { Galaxy } from "@galaxy/engine/state/Galaxy"
import { planetsOf, raceAt } from "@galaxy/engine/state/lookups"

const names = [
  "Alpha",
  "Beta",
  "Gamma",
  "Delta",
  "Scout",
  "Hauler",
  "Raider",
  "Fort",
  "x",
  "",
  "cap",
  "12",
  "too long a name for it"
]
const goods = ["COL", "CAP", "MAT", "EMP", "XXX"]
const blocks = ["ALL", "DRIVE", "WEAPONS", "SHIELDS", "CARGO", "HULL"]
const products = ["CAP", "MAT", "DRIVE", "WEAPONS", "SHIELDS", "CARGO", "NOTHING"]
const designs = [
  { drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 },
  { drive: 8, armament: 0, weapons: 0, shields: 2, cargo: 10 },
  { drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 },
  { drive: 6, armament: 3, weapons: 2, shields: 4, cargo: 1 },
  { drive: 0, armament: 1, weapons: 10, shields: 10, cargo: 0 },
  { drive: 0.5, armament: 1.5, weapons: 0, shields: -1, cargo: 1e308 }
]

/** One of some; undefined of none. */
const any = <A>(random: Random, items: ReadonlyArray<A>): A | undefined =>
  items.length === 0 ? undefined : items[random.below(items.length)]

/** A list of orders for a race; `length` of them. */
export const chanceOrders = (random: Random, galaxy: Galaxy, race: number, length: number): ReadonlyArray<Order> => {
  const own = raceAt(galaxy, race)
  const home = planetsOf(galaxy, race)
  const near = home.flatMap((from) =>
    galaxy.planets.filter((it) => it !== from && distance("torus", galaxy.size, from, it) < 30)
  )
  const group = () => any(random, own.groups)?.number ?? random.below(4)
  const className = () => any(random, own.classes)?.name ?? any(random, names) ?? ""
  const fleet = () =>
    any(
      random,
      own.groups.flatMap((it) => it.fleet ?? [])
    ) ??
    any(random, names) ??
    ""
  const planet = () => any(random, home)?.number ?? 1
  const target = () => any(random, near)?.number ?? planet()
  const raceName = () => any(random, galaxy.races)?.name ?? "Nobody"
  const maybe = <A>(value: A): A | undefined => (random.below(3) === 0 ? value : undefined)
  const count = () => maybe(random.below(5) - (random.below(20) === 0 ? 3 : 0))

  const argument = (op: OrderOp, name: string): unknown => {
    switch (name) {
      case "race":
        return op === "quit" && random.below(50) > 0 ? "Nobody" : raceName()
      case "group":
        return random.below(8) === 0 ? 0 : group()
      case "ships":
        return count()
      case "planet":
        return op === "send" ? target() : planet()
      case "to":
        return random.below(4) === 0 ? undefined : target()
      case "product":
        return random.below(3) === 0 ? any(random, products) : random.below(6) === 0 ? "Mix" : className()
      case "name":
        return any(random, names)
      case "class":
        return className()
      case "science":
        return "Mix"
      case "fleet":
      case "into":
        return fleet()
      case "goods":
        return any(random, goods)
      case "amount":
        return maybe(random.between(-1, 20))
      case "block":
        return any(random, blocks)
      case "level":
        return maybe(random.between(0, 3))
      default:
        return undefined
    }
  }

  const nonsense = (): Order => {
    const wild = [0, -1, 1e308, 0.3, 7, 1e-300]
    const op = any(random, orderOps) ?? "merge_groups"
    const all = {
      planet: random.below(400),
      group: random.below(100),
      ships: random.below(1000) - 500,
      name: "?",
      amount: any(random, wild) ?? 0,
      level: any(random, wild) ?? 0,
      drive: any(random, wild) ?? 0,
      armament: any(random, wild) ?? 0,
      weapons: any(random, wild) ?? 0,
      shields: any(random, wild) ?? 0,
      cargo: any(random, wild) ?? 0
    }
    // Every now and then also what the operation doesn't take.
    const whole = random.below(5) === 0
    const taken: ReadonlyArray<string> = orderArguments[op]
    return { op, ...Object.fromEntries(Object.entries(all).filter(([name]) => whole || taken.includes(name))) }
  }

  const sensible = (): Order => {
    // Designs and movement make a game; the rest happens beside them.
    const often: ReadonlyArray<OrderOp> = [
      "send",
      "send",
      "send",
      "load",
      "unload",
      "produce",
      "produce",
      "route",
      "design_class",
      "upgrade"
    ]
    const op = (random.below(2) === 0 ? any(random, often) : any(random, orderOps)) ?? "send"
    if (op === "create_science") return { op, name: "Mix", drive: 1, weapons: random.below(3), shields: 0, cargo: 2 }
    if (op === "design_class") return { op, name: any(random, names) ?? "", ...any(random, designs) }
    const entries = orderArguments[op].flatMap((name): ReadonlyArray<readonly [string, unknown]> => {
      const value = argument(op, name)
      return value === undefined ? [] : [[name, value]]
    })
    return { op, ...Object.fromEntries(entries) }
  }

  return Array.from({ length }, () => (random.below(15) === 0 ? nonsense() : sensible()))
}
