/** Orders of a player who tries everything, possible or not, by what the report shows. */
import type { Order } from "@galaxy/contract/engine/Order"
import { orderArguments, orderOps } from "@galaxy/contract/engine/OrderArguments"
import type { Report } from "@galaxy/contract/engine/Report"
import type { Random } from "@galaxy/engine/random/Random"

const designs = [
  { drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 },
  { drive: 8, armament: 1, weapons: 15, shields: 15, cargo: 0 },
  { drive: 0, armament: 1, weapons: 10, shields: 10, cargo: 5 },
  { drive: 0.5, armament: 1.5, weapons: 0, shields: -1, cargo: 1e308 }
]

/** A list of so many orders, with arguments drawn from what there is, and every now and then nonsense. */
export const anyOrders = (random: Random, report: Report, length: number): ReadonlyArray<Order> => {
  const any = <A>(...items: ReadonlyArray<A>): A | undefined => items[random.below(Math.max(1, items.length))]
  const planets = [...report.my_planets, ...report.uninhabited_planets, ...report.unknown_planets]
  const argument = (name: string): string | number | undefined => {
    if (random.below(12) === 0) return undefined
    switch (name) {
      case "planet":
        return random.below(2) === 0 ? any(...report.my_planets)?.number : any(...planets)?.number
      case "to":
        return any(...planets)?.number
      case "group":
        return any(...report.my_groups)?.number ?? 0
      case "ships":
        return any(0, 0, 1, 2, -1, 999)
      case "amount":
        return any(1, 0.5, 5, 40, -1)
      case "level":
        return any(1, 1.1, 2)
      case "race":
        return any(...report.players)?.name
      case "class":
        return any("Alpha", ...report.my_classes.map((it) => it.name))
      case "science":
        return any("Mix", ...report.my_sciences.map((it) => it.name))
      case "product":
        return any("CAP", "MAT", "DRIVE", "NOTHING", "Alpha", ...report.my_classes.map((it) => it.name))
      case "goods":
        return any("COL", "CAP", "MAT", "EMP", "XXX")
      case "block":
        return any("ALL", "DRIVE", "WEAPONS", "HULL")
      case "fleet":
      case "into":
        return any("Home", "Away")
      default:
        return any("Alpha", "Beta", "x", "", "cap", "12", "a name that is far too long")
    }
  }
  return Array.from({ length }, (): Order => {
    const op = any(...orderOps) ?? "merge_groups"
    const drawn = Object.fromEntries(
      orderArguments[op].flatMap((name) => {
        const value = argument(name)
        return value === undefined ? [] : [[name, value]]
      })
    )
    return { op, ...drawn, ...(op === "design_class" || op === "create_science" ? any(...designs) : {}) }
  }).filter(({ op }) => op !== "quit")
}
