/** What a form for an order asks for: a field for each argument, with what can be chosen in it. */
import type { Order } from "@galaxy/contract/engine/Order"
import { type OrderOp, orderArguments } from "@galaxy/contract/engine/OrderArguments"
import type { OwnGroup, Report } from "@galaxy/contract/engine/Report"

/** An argument of an order, as forms ask for it. */
export type Argument = Exclude<keyof Order, "op">

/**
 * How an argument is entered: `choice` among `choices`; `planet` by name or number, where any planet may be meant;
 * `suggested` as text, with known names offered; `product` among what the race can make.
 */
export type FieldKind = "choice" | "planet" | "text" | "suggested" | "number" | "product"

export interface Field {
  readonly argument: Argument
  readonly kind: FieldKind
  /** Whether the order can do without it. */
  readonly optional: boolean
  /** Values; a group and a planet by their numbers, a fleet among groups as `fleetPrefix` and its name. */
  readonly choices: ReadonlyArray<string>
}

/** Before a fleet's name where ships are named by their group or their fleet. */
export const fleetPrefix = "fleet:"

const goods = ["COL", "CAP", "MAT"]
const blocks = ["ALL", "DRIVE", "WEAPONS", "SHIELDS", "CARGO"]

const unique = (names: ReadonlyArray<string | undefined>): ReadonlyArray<string> => {
  const seen = new Map<string, string>()
  for (const name of names) {
    if (name !== undefined && name !== "" && !seen.has(name.toLowerCase())) seen.set(name.toLowerCase(), name)
  }
  return [...seen.values()]
}

const made = (lines: ReadonlyArray<Order>, op: OrderOp, argument: "name" | "fleet") =>
  lines.flatMap((order) => (order.op === op ? [order[argument]] : []))

const isHere = ({ origin }: OwnGroup) => origin === undefined

/** Own groups that could carry it out; 0 is the newest one, which a line before may have split off. */
const groupsFor = (op: OrderOp, { my_groups: all }: Report): ReadonlyArray<string> => {
  const able = all.filter((group) => {
    if (op === "give") return true
    if (!isHere(group)) return false
    return op === "break_group" ? group.ships > 1 : true
  })
  return [...able.map(({ number }) => String(number)), "0"]
}

const racesFor = (op: OrderOp, { race, players }: Report): ReadonlyArray<string> => {
  const living = players.filter(({ extinct }) => !extinct).map(({ name }) => name)
  if (op === "quit") return [race]
  return op === "give" ? living.filter((name) => name !== race) : living
}

const isOptional = (op: OrderOp, argument: Argument): boolean => {
  switch (argument) {
    case "ships":
      return op !== "break_group"
    case "amount":
    case "level":
    case "to":
      return true
    case "drive":
    case "armament":
    case "weapons":
    case "shields":
    case "cargo":
      return true
    default:
      return false
  }
}

const fieldOf = (op: OrderOp, argument: Argument, report: Report, lines: ReadonlyArray<Order>): Field => {
  const optional = isOptional(op, argument)
  const choice = (choices: ReadonlyArray<string>): Field => ({ argument, kind: "choice", optional, choices })
  const typed = (kind: FieldKind, choices: ReadonlyArray<string> = []): Field => ({ argument, kind, optional, choices })
  const fleets = unique([...report.my_fleets.map(({ name }) => name), ...made(lines, "join_fleet", "fleet")])
  switch (argument) {
    case "group":
      return choice(
        op === "send"
          ? [...fleets.map((name) => `${fleetPrefix}${name}`), ...groupsFor(op, report)]
          : groupsFor(op, report)
      )
    case "race":
      return choice(racesFor(op, report))
    case "class":
      return choice(unique([...report.my_classes.map(({ name }) => name), ...made(lines, "design_class", "name")]))
    case "science":
      return choice(unique([...report.my_sciences.map(({ name }) => name), ...made(lines, "create_science", "name")]))
    case "fleet":
      return op === "join_fleet" ? typed("suggested", fleets) : choice(fleets)
    case "into":
      return choice(fleets)
    case "goods":
      return choice(op === "route" ? [...goods, "EMP"] : goods)
    case "block":
      return choice(blocks)
    case "planet":
      return op === "send" ? typed("planet") : choice(report.my_planets.map(({ number }) => String(number)))
    case "to":
      return typed("planet")
    case "product":
      return typed("product")
    case "name":
      return typed("text")
    case "ships":
    case "amount":
    case "level":
    case "drive":
    case "armament":
    case "weapons":
    case "shields":
    case "cargo":
      return typed("number")
  }
}

/**
 * The fields of an order in the order of its arguments. `lines` are the draft's orders: what they make can be named too.
 * Arguments that are `known` already aren't asked for.
 */
export const fieldsOf = (
  op: OrderOp,
  report: Report,
  lines: ReadonlyArray<Order>,
  known: ReadonlyArray<Argument> = []
): ReadonlyArray<Field> =>
  (orderArguments[op] as ReadonlyArray<Argument>)
    // Ships to be sent are named in one field, by group or by fleet.
    .filter((argument) => !(op === "send" && argument === "fleet"))
    .filter((argument) => !known.includes(argument) && !(argument === "group" && known.includes("fleet")))
    .filter((argument) => !(argument === "ships" && known.includes("fleet")))
    .map((argument) => fieldOf(op, argument, report, lines))
