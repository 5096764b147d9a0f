/**
 * Whole turns that another engine made: the state before, its orders, the state after, turn by turn. Ours makes the same
 * ones with that engine's constants.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import { fullMass, holdOf, speedOf } from "@galaxy/engine/formulas/ships"
import { executeAll } from "@galaxy/engine/orders/execute"
import { idleLimit, ngConstants, type Ruleset } from "@galaxy/engine/rules/Ruleset"
import {
  designOf,
  draftOf,
  type Draft,
  type DraftRace,
  galaxyOf as galaxyOfDraft,
  raceOf
} from "@galaxy/engine/state/Draft"
import type { Galaxy, Group, Product, Race } from "@galaxy/engine/state/Galaxy"
import { planetNumbered, raceAt } from "@galaxy/engine/state/lookups"
import { technologies } from "@galaxy/engine/state/technologies"
import { mergeGroups } from "@galaxy/engine/state/merging"
import { nextGalaxy } from "@galaxy/engine/turn/makeTurn"
import type { TurnEvent } from "@galaxy/engine/turn/TurnEvent"
import { assert } from "@effect/vitest"
import { Schema, Struct } from "effect"
import { galaxyOf, levels } from "../support/games.ts"
import { goodsNamed, goodsNames, type Meaning, meaningOf } from "./ngOrders.ts"
import { departures, design, eachCase, type Plan, shipClass, skip } from "./oracle.ts"

const NullableText = Schema.NullOr(Schema.String)

const GroupState = Schema.Struct({
  n: Schema.Int,
  ships: Schema.Int,
  type: Schema.String,
  td: Schema.Finite,
  tw: Schema.Finite,
  ts: Schema.Finite,
  tc: Schema.Finite,
  loadtype: Schema.Literals(["-", "COL", "CAP", "MAT"]),
  load: Schema.Finite,
  where: Schema.String,
  from: Schema.String,
  dist: Schema.Finite,
  speed: Schema.Finite,
  shipmass: Schema.Finite,
  fleet: NullableText
})
type GroupState = typeof GroupState.Type

const PlayerState = Schema.Struct({
  name: Schema.String,
  drive: Schema.Finite,
  weapons: Schema.Finite,
  shields: Schema.Finite,
  cargo: Schema.Finite,
  dead: Schema.Boolean,
  allies: Schema.Array(Schema.String),
  types: Schema.Array(Schema.Struct({ name: Schema.String, ...design, mass: Schema.Finite })),
  groups: Schema.Array(GroupState)
})
type PlayerState = typeof PlayerState.Type

const routeKinds = { COL: "colonists", CAP: "capital", MAT: "materials", EMP: "empty" } as const

const PlanetState = Schema.Struct({
  name: Schema.String,
  owner: NullableText,
  x: Schema.Finite,
  y: Schema.Finite,
  size: Schema.Finite,
  res: Schema.Finite,
  pop: Schema.Finite,
  ind: Schema.Finite,
  cap: Schema.Finite,
  mat: Schema.Finite,
  col: Schema.Finite,
  producing: Schema.Literals(["CAP", "MAT", "DRIVE", "WEAPONS", "SHIELDS", "CARGO", "SHIP"]),
  shiptype: NullableText,
  inprogress: Schema.Finite,
  spent: Schema.Finite,
  routes: Schema.Record(Schema.String, NullableText)
})
type PlanetState = typeof PlanetState.Type

const BattleState = Schema.Struct({
  planet: Schema.String,
  phase: Schema.Literals([1, 2]),
  sides: Schema.Array(
    Schema.Struct({
      who: Schema.String,
      groups: Schema.Array(Schema.Struct({ type: Schema.String, ships: Schema.Int, left: Schema.Int }))
    })
  ),
  shots: Schema.Int,
  kills: Schema.Int
})

const BombingState = Schema.Struct({
  planet: Schema.String,
  who: Schema.String,
  old_owner: Schema.String,
  pop: Schema.Finite,
  ind: Schema.Finite,
  cap: Schema.Finite,
  mat: Schema.Finite,
  col: Schema.Finite
})

const State = Schema.Struct({
  turn: Schema.Int,
  players: Schema.Array(PlayerState),
  planets: Schema.Array(PlanetState),
  battles: Schema.Array(BattleState),
  bombings: Schema.Array(BombingState)
})
type State = typeof State.Type

const TurnCase = Schema.Struct({
  id: Schema.String,
  title: Schema.String,
  ruleset: Schema.String,
  torus: Schema.Boolean,
  note: Schema.optionalKey(Schema.String),
  before: State,
  turns: Schema.NonEmptyArray(Schema.Struct({ orders: Schema.Array(Schema.String), after: State }))
})
type TurnCase = typeof TurnCase.Type

/** Side of the map of all recorded games. */
const side = 200

const productOf = (planet: PlanetState): Product | null => {
  if (planet.owner === null) return null
  switch (planet.producing) {
    case "CAP":
      return { kind: "capital" }
    case "MAT":
      return { kind: "materials" }
    case "SHIP":
      return { kind: "ships", class: planet.shiptype ?? "", banked: planet.inprogress }
    default:
      return {
        kind: "research",
        technology: technologies.find((it) => it.toUpperCase() === planet.producing) ?? assert.fail("no technology")
      }
  }
}

const indexIn = (items: ReadonlyArray<{ readonly name: string }>, name: string): number => {
  const index = items.findIndex((it) => it.name === name)
  return index < 0 ? assert.fail(`nothing is named ${name}`) : index
}

const groupFrom = (state: State, group: GroupState): Group => {
  const where = indexIn(state.planets, group.where) + 1
  const flies = group.dist > 0
  return {
    number: group.n,
    class: group.type,
    ships: group.ships,
    techs: levels(group.td, group.tw, group.ts, group.tc),
    goods: goodsNamed(group.loadtype) ?? null,
    load: group.load,
    at: flies ? indexIn(state.planets, group.from) + 1 : where,
    to: flies ? where : null,
    distance: group.dist,
    fleet: group.fleet
  }
}

const raceFrom = (state: State, player: PlayerState): Partial<Race> => ({
  name: player.name,
  techs: levels(player.drive, player.weapons, player.shields, player.cargo),
  classes: player.types.map((it) => shipClass(it.name, it)),
  groups: player.groups.map((it) => groupFrom(state, it)),
  peace_with: player.allies.map((it) => indexIn(state.players, it)).toSorted((a, b) => a - b)
})

const galaxyFrom = (state: State): Galaxy =>
  galaxyOf(
    state.planets.map((planet) => ({
      name: planet.name,
      x: planet.x,
      y: planet.y,
      size: planet.size,
      resources: planet.res,
      owner: planet.owner === null ? null : indexIn(state.players, planet.owner),
      population: planet.pop,
      industry: planet.ind,
      capital: planet.cap,
      materials: planet.mat,
      colonists: planet.col,
      production: productOf(planet),
      routes: Object.fromEntries(
        Object.entries(planet.routes).flatMap(([kind, to]) =>
          to === null
            ? []
            : [
                [
                  routeKinds[kind as keyof typeof routeKinds] ?? assert.fail(`no route ${kind}`),
                  indexIn(state.planets, to) + 1
                ]
              ]
        )
      )
    })),
    { ruleset: "ng-constants", turn: state.turn, size: side },
    state.players.map((player) => raceFrom(state, player))
  )

/** What a group is but for its number, as the cases write it. */
const groupShown = (galaxy: Galaxy, race: Race, group: Group): Omit<GroupState, "n"> => {
  const ship = designOf(race.classes[indexIn(race.classes, group.class)] ?? assert.fail(`no class ${group.class}`))
  const mass = fullMass(ship.mass, group.load, group.techs)
  const name = (number: number): string => planetNumbered(galaxy, number)?.name ?? "?"
  return {
    ships: group.ships,
    type: group.class,
    td: group.techs.drive,
    tw: group.techs.weapons,
    ts: group.techs.shields,
    tc: group.techs.cargo,
    loadtype: group.goods === null ? "-" : (goodsNames[group.goods] as GroupState["loadtype"]),
    load: group.load,
    where: name(group.to ?? group.at),
    from: name(group.at),
    dist: group.distance,
    speed: speedOf(ngConstants, ship, group.techs, mass),
    shipmass: mass,
    fleet: group.fleet
  }
}

/** Their number and ours of each group of a race; whatever has no counterpart is told. */
const matched = (galaxy: Galaxy, race: Race, wanted: PlayerState) => {
  const left = race.groups.map((group) => ({ number: group.number, shown: groupShown(galaxy, race, group) }))
  const numbers = new Map<number, number>()
  const problems: Array<string> = []
  for (const { n, ...group } of wanted.groups) {
    // In orbit it doesn't matter from where.
    const orbit = Struct.omit(group, ["from"])
    const at = left.findIndex(({ shown }) => departures(shown, group.dist > 0 ? group : orbit).length === 0)
    const [found] = at < 0 ? [] : left.splice(at, 1)
    if (found === undefined) problems.push(`${race.name} has no group ${JSON.stringify(group)}`)
    else numbers.set(n, found.number)
  }
  return {
    numbers,
    problems: [...problems, ...left.map(({ shown }) => `${race.name} has another group ${JSON.stringify(shown)}`)]
  }
}

const raceProblems = (galaxy: Galaxy, race: Race, wanted: PlayerState): ReadonlyArray<string> => {
  const { drive, weapons, shields, cargo } = wanted
  const designs = wanted.types.map((it) => shipClass(it.name, it))
  const names = <A extends { readonly name: string }>(items: ReadonlyArray<A>): ReadonlyArray<A> =>
    items.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const same = JSON.stringify(names(race.classes)) === JSON.stringify(names(designs))
  const peace = race.peace_with.map((it) => raceAt(galaxy, it).name).toSorted()
  // A race without anything leaves before the next turn here; there it stays, with nothing.
  const isDead = race.removed !== null && race.removed.reason !== "extinct"
  return [
    ...departures({ ...race.techs }, { drive, weapons, shields, cargo }).map((it) => `${wanted.name}: ${it}`),
    ...(isDead === wanted.dead ? [] : [`${wanted.name} is ${isDead ? "out" : "in"}`]),
    ...(same || race.removed !== null ? [] : [`${wanted.name} has the classes ${JSON.stringify(race.classes)}`]),
    ...(JSON.stringify(peace) === JSON.stringify(wanted.allies.toSorted()) || race.removed !== null
      ? []
      : [`${wanted.name} is at peace with ${peace.join(", ")}`])
  ]
}

const planetProblems = (galaxy: Galaxy, at: number, wanted: PlanetState, isLeft: boolean): ReadonlyArray<string> => {
  const planet = galaxy.planets[at] ?? assert.fail(`no planet ${wanted.name}`)
  const { production } = planet
  const routes = Object.entries(routeKinds).flatMap(([kind, ours]) => {
    const to = planet.routes[ours]
    return to === undefined ? [] : [`${kind} ${planetNumbered(galaxy, to)?.name}`]
  })
  const wantedRoutes = Object.entries(wanted.routes).flatMap(([kind, to]) => (to === null ? [] : [`${kind} ${to}`]))
  const actual = {
    name: planet.name,
    owner: planet.owner === null ? null : raceAt(galaxy, planet.owner).name,
    x: planet.x,
    y: planet.y,
    size: planet.size,
    res: planet.resources,
    pop: planet.population,
    ind: planet.industry,
    cap: planet.capital,
    mat: planet.materials,
    col: planet.colonists,
    producing:
      production?.kind === "ships"
        ? "SHIP"
        : production?.kind === "research"
          ? production.technology.toUpperCase()
          : production?.kind === "capital"
            ? "CAP"
            : "MAT",
    shiptype: production?.kind === "ships" ? production.class : null,
    inprogress: production?.kind === "ships" ? production.banked : 0,
    routes: routes.toSorted().join(", ")
  }
  const { spent: _, producing, shiptype, inprogress, routes: __, mat, ...numbers } = wanted
  const made = producing === "SHIP" ? { producing, shiptype, inprogress } : { producing }
  // What nobody makes, and routes that nobody uses, they remember and we don't.
  const owned = wanted.owner === null ? {} : { ...made, routes: wantedRoutes.toSorted().join(", ") }
  return departures(actual, { ...numbers, ...owned, ...(isLeft ? {} : { mat }) }).map((it) => `${wanted.name}: ${it}`)
}

/** Who fought with what, and what was left, one line each. */
const battlesOf = (galaxy: Galaxy, log: ReadonlyArray<TurnEvent>): ReadonlyArray<string> =>
  log.flatMap((event) => {
    if (event.kind !== "battle") return []
    const groups = event.groups.map((it) => `${raceAt(galaxy, it.race).name} ${it.class} ${it.ships} ${it.left}`)
    const kills = event.groups.reduce((sum, it) => sum + it.ships - it.left, 0)
    const name = planetNumbered(galaxy, event.planet)?.name ?? "?"
    return [`${name} ${event.when === "before_flight" ? 1 : 2} ${groups.toSorted().join(", ")}: ${kills}`]
  })

const wantedBattles = (state: State): ReadonlyArray<string> =>
  state.battles.flatMap(({ planet, phase, sides, shots, kills }) => {
    const groups = sides.flatMap(({ who, groups }) => groups.map((it) => `${who} ${it.type} ${it.ships} ${it.left}`))
    // They keep a record of a battle in which nobody could fire, too.
    return shots === 0 ? [] : [`${planet} ${phase} ${groups.toSorted().join(", ")}: ${kills}`]
  })

const bombingProblems = (galaxy: Galaxy, log: ReadonlyArray<TurnEvent>, state: State): ReadonlyArray<string> => {
  const actual = log.flatMap((event) =>
    event.kind !== "bombing"
      ? []
      : [
          {
            planet: event.name,
            who: raceAt(galaxy, event.bomber).name,
            old_owner: raceAt(galaxy, event.owner).name,
            pop: event.population,
            ind: event.industry,
            cap: event.capital,
            mat: event.materials,
            col: event.colonists
          }
        ]
  )
  return actual.length === state.bombings.length
    ? state.bombings.flatMap((wanted, at) => departures(actual[at] ?? {}, wanted))
    : [`${actual.length} bombings instead of ${state.bombings.length}`]
}

/** Everything of a galaxy that isn't as recorded, one line each. */
const problemsOf = (
  galaxy: Galaxy,
  log: ReadonlyArray<TurnEvent>,
  state: State,
  left: ReadonlySet<string>
): ReadonlyArray<string> => [
  ...state.players.flatMap((player, at) => raceProblems(galaxy, raceAt(galaxy, at), player)),
  ...state.players.flatMap((player, at) => matched(galaxy, raceAt(galaxy, at), player).problems),
  ...state.planets.flatMap((planet, at) => planetProblems(galaxy, at, planet, left.has(planet.name))),
  ...(JSON.stringify(battlesOf(galaxy, log).toSorted()) === JSON.stringify(wantedBattles(state).toSorted())
    ? []
    : [`the battles are ${battlesOf(galaxy, log).join("; ")} instead of ${wantedBattles(state).join("; ")}`]),
  ...bombingProblems(galaxy, log, state)
]

interface Spoken {
  readonly orders: ReadonlyMap<number, ReadonlyArray<Order>>
  /** New names of races. */
  readonly names: ReadonlyMap<number, string>
  /** Orders that ours refuses, too: they say more when something isn't as recorded. */
  readonly refused: ReadonlyArray<string>
}

const ordersOfShips: ReadonlySet<Order["op"]> = new Set([
  "send",
  "load",
  "unload",
  "dismantle",
  "join_fleet",
  "upgrade"
])

/** There, ships that have been sent are gone already and take no order but to split; here they can be told otherwise. */
const isOfSentShips = (race: DraftRace, { op, group, fleet }: Order): boolean => {
  if (!ordersOfShips.has(op)) return false
  const groups = [...race.groups.values()]
  return op === "send" && group === undefined
    ? groups.some((it) => it.fleet === fleet && it.state === "launched")
    : race.groups.get(group === 0 ? race.newest : (group ?? 0))?.state === "launched"
}

/** There, whoever loads more than has room or unloads more than is aboard gets what there is; here that is refused. */
const withinReason = (draft: Draft, race: DraftRace, order: Order): Order => {
  const group = race.groups.get(order.group === 0 ? race.newest : (order.group ?? 0))
  if (order.amount === undefined || group === undefined) return order
  const ships = Math.min(order.ships ?? group.ships, group.ships)
  const most = order.op === "unload" ? group.load : holdOf(draft.ruleset, group.design, group.techs) - group.load
  return { ...order, amount: Math.min(order.amount, most * ships) }
}

/** There, upgrades and new names come after all other orders, and those of races at the end. */
const inTheirSequence = (texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const place = (text: string): number => {
    const letter = /^\S+ +(\S)/u.exec(text)?.[1]?.toUpperCase() ?? ""
    return "GNT".includes(letter) ? 1 : letter === "C" ? 2 : 0
  }
  return texts.toSorted((one, other) => place(one) - place(other))
}

/** They merge groups once more, after the unloading at the end of a turn. */
const merged = (galaxy: Galaxy): Galaxy => {
  const draft = draftOf(galaxy)
  for (const race of draft.races) mergeGroups(draft, race)
  return { ...galaxyOfDraft(galaxy, draft), turn: galaxy.turn }
}

/** All orders of a turn as ours; each is carried out on a copy, so that the next is understood as it was meant. */
const speak = (galaxy: Galaxy, state: State, ruleset: Ruleset, texts: ReadonlyArray<string>): Spoken => {
  const draft: Draft = draftOf(galaxy, ruleset)
  const orders = new Map<number, Array<Order>>()
  const names = new Map<number, string>()
  const planets = new Map(galaxy.planets.map((planet) => [planet.name, planet.number]))
  const said = (race: DraftRace, text: string): Meaning => {
    const player = state.players[race.index] ?? assert.fail("no such player")
    const { numbers } = matched(galaxy, raceAt(galaxy, race.index), player)
    const [newest, theirNewest] = [Math.max(0, ...numbers.values()), Math.max(0, ...numbers.keys())]
    // Groups that orders split off have the numbers after the last.
    const group = (theirs: number): number => numbers.get(theirs) ?? newest + Math.max(1, theirs - theirNewest)
    return meaningOf(text, { draft, race, planets, group })
  }
  const refused: Array<string> = []
  for (const line of inTheirSequence(texts)) {
    const [, name = "", text = ""] = /^(\S+) (.*)$/u.exec(line) ?? assert.fail(`no order: ${line}`)
    const race = raceOf(draft, indexIn(state.players, name))
    const meaning = said(race, text)
    if (meaning.kind === "order") {
      if (isOfSentShips(race, meaning.order)) continue
      const order = withinReason(draft, race, meaning.order)
      const list = orders.get(race.index) ?? []
      orders.set(race.index, [...list, order])
      const [verdict] = executeAll(draft, race, [order])
      if (verdict?.accepted !== true) refused.push(`${line} is refused: ${verdict?.message}`)
    } else if (meaning.kind === "race_name") names.set(race.index, meaning.name ?? "")
    else if (meaning.kind === "none") assert.fail(`${line}: ${meaning.reason}`)
  }
  return { orders, names, refused }
}

const play = (one: TurnCase, ruleset: Ruleset): void => {
  const begun = galaxyFrom(one.before)
  // There, a race that never gave orders is the first to go.
  const idle_turns = Math.max(0, idleLimit(ruleset, 1) - 1)
  let galaxy: Galaxy = {
    ...begun,
    races: begun.races.map((it) => ({ ...it, idle_turns: Number.isFinite(idle_turns) ? idle_turns : 0 }))
  }
  let state = one.before
  // Planets whose race was removed: there their materials vanish, here they stay in the ground.
  const left = new Set<string>()
  for (const [at, { orders: texts, after }] of one.turns.entries()) {
    const { orders, names, refused } = speak(galaxy, state, ruleset, texts)
    const { galaxy: next, log } = nextGalaxy(galaxy, { orders, banished: new Set() }, ruleset)
    galaxy = merged({
      ...next,
      // There, no game is ever over.
      finished: false,
      winners: [],
      races: next.races.map((race, index) => ({ ...race, name: names.get(index) ?? race.name }))
    })
    for (const { name, owner } of state.planets) {
      if (after.players.some((it) => it.name === owner && it.dead)) left.add(name)
    }
    assert.deepStrictEqual(problemsOf(galaxy, log, after, left), [], [`after turn ${at + 1}`, ...refused].join("; "))
    state = after
  }
}

const plan = (one: TurnCase): Plan => {
  const isRun = one.ruleset === "ng-constants" || one.ruleset === "common" || one.ruleset.startsWith("decision D4")
  if (one.ruleset === "ng only") return skip(`behaviour of the other game: ${one.note ?? one.title}`)
  if (!isRun) return assert.fail(`the ruleset ${one.ruleset} is unknown`)
  // Idle races stay in the recorded games, but for those that are about it.
  const isAboutIdleness = /idle/iu.test([one.id, one.title, one.note].join())
  return () =>
    play(one, {
      ...ngConstants,
      map: one.torus ? "torus" : "flat",
      launchedFight: true,
      ...(isAboutIdleness ? {} : { idleTurns: [] })
    })
}

eachCase("whole-turns", TurnCase, plan)
