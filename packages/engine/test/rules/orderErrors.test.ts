/**
 * Orders that the other engine carried out, corrected or refused, each alone on one state. Ours must do the same by
 * meaning; where the rules want something else, the table below says so.
 */
import type { Order, OrderCode } from "@galaxy/contract/engine/Order"
import { executeAll } from "@galaxy/engine/orders/execute"
import { commonProducts } from "@galaxy/engine/orders/products"
import { ngConstants } from "@galaxy/engine/rules/Ruleset"
import { type Draft, draftOf, raceOf } from "@galaxy/engine/state/Draft"
import type { Galaxy, Group, Planet, Product, Race, ShipClass } from "@galaxy/engine/state/Galaxy"
import { assert } from "@effect/vitest"
import { Schema } from "effect"
import { galaxyOf, groupOf, levels } from "../support/games.ts"
import { goodsNamed, type Meaning, meaningOf } from "./ngOrders.ts"
import { eachCase, fileOf, type Plan, shipClass, skip } from "./oracle.ts"

const OrderCase = Schema.Struct({
  id: Schema.String,
  order: Schema.String,
  state_changed: Schema.Boolean,
  result: Schema.Array(Schema.Struct({ severity: Schema.Literals(["error", "warning", "info"]), code: Schema.String }))
})
type OrderCase = typeof OrderCase.Type

/** What ours does: accept, or refuse with a code. */
type Outcome = "accepted" | OrderCode

const unknown: ReadonlyArray<Outcome> = [
  "unknown_cargo",
  "unknown_class",
  "unknown_fleet",
  "unknown_group",
  "unknown_planet",
  "unknown_product",
  "unknown_race"
]

/** What the rules say of a design (section 11), whatever they make of it. */
const designed = ({ op, drive, armament, weapons, shields, cargo }: Order): ReadonlyArray<Outcome> => {
  if (op !== "design_class") return ["bad_component"]
  const blocks = [drive, weapons, shields, cargo]
  if (armament === undefined || !Number.isInteger(armament) || armament < 0) return ["bad_component"]
  if (blocks.some((it) => it === undefined || it < 0 || (it > 0 && it < 1))) return ["bad_component"]
  if ((armament === 0) !== (weapons === 0)) return ["guns_without_calibre"]
  return blocks.every((it) => it === 0) ? ["empty_design"] : ["accepted"]
}

/** Their objections and what ours may say to the same order. The first pattern that fits counts. */
const meanings: ReadonlyArray<readonly [RegExp, (order: Order) => ReadonlyArray<Outcome>]> = [
  // Here a fleet comes to be when it is joined.
  [/unknown$/u, ({ op }) => (op === "join_fleet" ? ["unknown_group", "name_missing", "accepted"] : unknown)],
  [/name_taken_by_/u, () => ["accepted"]], // Here kinds of things don't share their names.
  // Here a thing may keep its name.
  [/name_taken|already_exists/u, (order) => (order.name === order.class ? ["accepted"] : ["name_taken"])],
  [/reserved/u, () => ["name_reserved"]],
  [/too_long/u, () => ["name_too_long"]],
  [/own_race_name/u, () => ["not_owner", "unknown_race"]],
  [/own_race|yourself|_self/u, () => ["accepted"]], // Here one's own name means everybody.
  [/(name|chars).*(bad|illegal|invalid)|(bad|illegal|invalid).*(name|char)/u, () => ["name_chars", "name_reserved"]],
  // Of a number of ships, all are as many as there are; a negative number is none.
  [
    /ship_count|ships_clamped|clamped_to_all|(too_many|too_few|more|not_enough)_ships/u,
    ({ ships = 0 }) => (ships < 0 ? ["bad_count"] : ["accepted"])
  ],
  [/keyword|expected/u, () => ["bad_count", "bad_amount"]],
  // What isn't aboard, or has no room, is refused here; of what isn't in stock, all that is will be loaded.
  [/amount_clamped/u, ({ op }) => (op === "load" ? ["bad_amount", "accepted"] : ["bad_amount"])],
  [/amount_below_minimum/u, ({ amount = 0 }) => (amount > 0 ? ["accepted"] : ["bad_amount"])], // Here any amount will do.
  [/amount/u, () => ["bad_amount", "not_enough_stock", "hold_full"]],
  [/too_many_param|extra/u, () => ["accepted"]],
  // They correct designs, or find them odd; here a design is as the rules want it, or refused.
  [
    /zero|parameter|component|calibre|below_1|whole|truncated|rounded|empty_|mass|blocks|unusual|without_drive/u,
    designed
  ],
  [/missing/u, () => ["name_missing", "bad_component", ...unknown]],
  [/not_yours|not_own|own_planet|foreign|alien/u, () => ["not_owner", "not_in_orbit", "foreign_planet"]],
  [/not_in_orbit|not_at_planet/u, () => ["not_in_orbit", "in_space", "wrong_place"]],
  [/in_space|hyperspace/u, () => ["in_space"]],
  [/no_hold|cannot_carry/u, () => ["no_hold", "in_space"]],
  [/hold|room|space/u, () => ["hold_full", "bad_amount", "not_enough_stock"]],
  [/other_cargo/u, () => ["other_cargo"]],
  [/nothing_loaded|not_loaded|no_load|no_cargo_(on_board|aboard)/u, () => ["nothing_loaded", "in_space"]],
  [/points|industry/u, () => ["no_points"]],
  [
    /stock|not_enough|too_little|nothing_to_load|none_|no_cargo|available/u,
    ({ amount }) => (amount === undefined ? ["not_enough_stock"] : ["not_enough_stock", "bad_amount", "accepted"])
  ],
  [/drive|engine|cannot_move|immobile/u, () => ["no_drive"]],
  [/in_use|production/u, () => ["in_use"]],
  [/upgrade|improve|up_to_date|tech|level/u, () => ["nothing_to_upgrade"]],
  [/colonist/u, () => ["foreign_planet"]],
  [/elsewhere|different|another|wrong_|same_|not_together/u, () => ["wrong_place", "in_space"]],
  [/already/u, () => ["accepted"]]
]

/** What exactly isn't known must be what they don't know. */
const isAbout = (theirs: string, ours: Outcome): boolean => {
  if (!ours.startsWith("unknown_") || !theirs.endsWith("_unknown")) return true
  const subject = ours.slice("unknown_".length).replace("product", "production")
  return theirs.includes(subject)
}

/** What ours may do where they have no objection. */
const withoutObjection = (order: Order, ours: Outcome): boolean => {
  if (order.op === "design_class" && !ours.startsWith("name_")) return designed(order).includes(ours)
  switch (ours) {
    case "accepted":
      return true
    case "foreign_planet":
      // They don't ask who owns a planet where ships are loaded, nor where colonists are put down.
      return order.op === "load" || order.op === "unload" || order.op === "dismantle"
    case "in_space":
      // Ships in space can't be touched here.
      return order.op === "break_group"
    case "name_reserved":
    case "name_chars":
      // Names must have a letter here, and no signs.
      return "name" in order
    case "wrong_place":
      // A route that ends where it begins does nothing there.
      return order.op === "route" && order.to === order.planet
    default:
      return false
  }
}

const file = fileOf("order-errors-ng")
const script = Schema.decodeUnknownSync(Schema.Array(Schema.String))(file["state_script_lines"])

const numbers = (words: ReadonlyArray<string>): ReadonlyArray<number> =>
  words.map((word) => (/^-?[\d.]+$/u.test(word) ? Number(word) : assert.fail(`${word} is no number`)))

/** The state that the script of the file writes, and the fleets in it. */
const read = (): { readonly galaxy: Galaxy; readonly fleets: ReadonlySet<string> } => {
  let size = 0
  const races: Array<Partial<Race> & { name: string; classes: Array<ShipClass>; groups: Array<Group> }> = []
  const planets: Array<Partial<Planet> & { name: string; owner: number | null; production: Product | null }> = []
  const fleets = new Set<string>()
  const raceNamed = (name: string) => races.find((it) => it.name === name) ?? assert.fail(`no race ${name}`)
  const planetNumber = (name: string): number => {
    const index = planets.findIndex((it) => it.name === name)
    return index < 0 ? assert.fail(`no planet ${name}`) : index + 1
  }
  for (const line of script) {
    const [what = "", ...words] = line.split(" ")
    const [first = "", second = "", third = ""] = words
    switch (what) {
      case "game":
        size = Number(first)
        break
      case "player": {
        const [drive = 1, weapons = 1, shields = 1, cargo = 1] = numbers(words.slice(1))
        races.push({ name: first, techs: levels(drive, weapons, shields, cargo), classes: [], groups: [] })
        break
      }
      case "planet": {
        const [
          x = 0,
          y = 0,
          most = 0,
          resources = 0,
          population = 0,
          industry = 0,
          capital = 0,
          materials = 0,
          colonists = 0
        ] = numbers(words.slice(2))
        const owner = second === "-" ? null : races.indexOf(raceNamed(second))
        const production: Product | null = owner === null ? null : { kind: "capital" }
        const stocks = { population, industry, capital, materials, colonists }
        planets.push({ name: first, owner, x, y, size: most, resources, ...stocks, production })
        break
      }
      case "type": {
        const [D = 0, A = 0, W = 0, S = 0, C = 0] = numbers(words.slice(2))
        raceNamed(first).classes.push(shipClass(second, { D, A, W, S, C }))
        break
      }
      case "fleet":
        fleets.add(second)
        break
      case "group": {
        const race = raceNamed(first)
        const [
          ,
          ,
          ships,
          drive,
          weapons,
          shields,
          cargo,
          goods = "-",
          load,
          where = "",
          origin = "-",
          dist = "0",
          fleet
        ] = words
        const flies = Number(dist) > 0
        const [there, kind] = [planetNumber(where), goodsNamed(goods) ?? null]
        race.groups.push(
          groupOf(race.classes.find((it) => it.name === second) ?? assert.fail(`no class ${second}`), {
            number: race.groups.length + 1,
            ships: Number(ships),
            techs: levels(Number(drive), Number(weapons), Number(shields), Number(cargo)),
            goods: kind,
            load: Number(load),
            at: flies ? planetNumber(origin) : there,
            to: flies ? there : null,
            distance: Number(dist),
            fleet: fleet ?? null
          })
        )
        break
      }
      case "prod": {
        const planet = planets[planetNumber(first) - 1] ?? assert.fail(`no planet ${first}`)
        const common = commonProducts.get(second)
        planet.production =
          second === "SHIP"
            ? { kind: "ships", class: third, banked: 0 }
            : common?.kind === "capital" || common?.kind === "materials" || common?.kind === "research"
              ? common
              : assert.fail(`no product ${second}`)
        break
      }
      default:
        assert.fail(`the script's line is unknown: ${line}`)
    }
  }
  return { galaxy: galaxyOf(planets, { ruleset: "ng-constants", size }, races), fleets }
}

const { galaxy, fleets } = read()
const planets = new Map(galaxy.planets.map((planet) => [planet.name, planet.number]))

/** Everything of a draft that orders can change. */
const stateOf = ({ races, planets }: Draft): string =>
  JSON.stringify({ races, planets }, (_, value: unknown) => (value instanceof Map ? [...value] : value))

const speaking = (draft: Draft, text: string): Meaning =>
  meaningOf(text, { draft, race: raceOf(draft, 0), planets, group: (theirs) => theirs })

const check = (one: OrderCase, draft: Draft, order: Order): void => {
  const before = stateOf(draft)
  const [verdict] = executeAll(draft, raceOf(draft, 0), [order])
  const ours = verdict?.accepted ? "accepted" : (verdict?.code as OrderCode)
  const changed = stateOf(draft) !== before
  const said = `${one.order} as ${JSON.stringify(order)} is ${ours}`
  if (ours !== "accepted") assert.isFalse(changed, `${said} and changes something`)
  if (one.result.length === 0) {
    assert.isTrue(withoutObjection(order, ours), said)
    // They split off groups without ships, and note a flight to where ships stand.
    const isIdle = order.op === "break_group" || order.op === "send"
    if (ours === "accepted" && one.state_changed && !isIdle) assert.isTrue(changed, `${said} and changes nothing`)
    return
  }
  const known = one.result.flatMap(({ code }) => {
    const meaning = meanings.find(([pattern]) => pattern.test(code))
    return meaning === undefined ? [] : [{ code, outcomes: meaning[1](order) }]
  })
  // Of an objection in words that the table doesn't have, what counts is whether the order took effect.
  if (known.length === 0) return assert.strictEqual(changed, one.state_changed, said)
  const allowed = known.flatMap(({ code, outcomes }) => outcomes.filter((it) => isAbout(code, it)))
  // They don't ask who owns the planet, so that they find something else to object to.
  if (ours === "foreign_planet" && withoutObjection(order, ours)) return
  assert.include(allowed, ours, `${said}; they say ${one.result.map((it) => it.code).join(", ")}`)
}

const plan = (one: OrderCase): Plan => {
  const draft = draftOf(galaxy, ngConstants)
  if (one.result.some(({ code }) => /^(order_unknown|unknown_order|no_order)/u.test(code))) {
    return skip("an order of neither game")
  }
  const meaning = speaking(draft, one.order)
  switch (meaning.kind) {
    case "none":
    case "needless":
      return skip(meaning.reason)
    case "race_name":
      return skip("races are renamed by the game master")
    case "order":
      if (fleets.has(meaning.order.class ?? "")) return skip("a fleet ends with its last group, and keeps its name")
      return () => check(one, draft, meaning.order)
  }
}

eachCase("order-errors-ng", OrderCase, plan, file.cases)
