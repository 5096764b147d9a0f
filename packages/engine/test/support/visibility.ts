/**
 * What a race may know, worked out a second time from the state alone, without the code that writes reports: whatever a
 * report holds beyond it is a leak.
 */
import type { Report } from "@galaxy/contract/engine/Report"
import { rulesets } from "@galaxy/engine/rules/Ruleset"
import { distance } from "@galaxy/engine/space/distance"
import type { Galaxy, Group } from "@galaxy/engine/state/Galaxy"
import { raceAt } from "@galaxy/engine/state/lookups"
import type { TurnEvent } from "@galaxy/engine/turn/TurnEvent"
import { assert } from "@effect/vitest"

const round = (value: number): number => Math.floor(value * 100 + 0.5 + 1e-9) / 100

/** Where a group in space is, in its own words: straight on, over the nearest edge. */
const placeOf = (galaxy: Galaxy, group: Group) => {
  const from = galaxy.planets[group.at - 1]!
  const to = galaxy.planets[(group.to ?? group.at) - 1]!
  const whole = distance("torus", galaxy.size, from, to)
  const share = whole === 0 ? 1 : 1 - group.distance / whole
  const step = (a: number, b: number) => {
    let way = b - a
    if (way > galaxy.size / 2) way -= galaxy.size
    if (way < -galaxy.size / 2) way += galaxy.size
    return (a + way * share + galaxy.size) % galaxy.size
  }
  return { x: step(from.x, to.x), y: step(from.y, to.y) }
}

export const assertOnlySeen = (galaxy: Galaxy, log: ReadonlyArray<TurnEvent>, race: number, report: Report): void => {
  const me = raceAt(galaxy, race)
  const own = galaxy.planets.filter((planet) => planet.owner === race)
  const visited = new Set(me.groups.filter((it) => it.to === null).map((it) => it.at))
  const nameOf = (index: number) => raceAt(galaxy, index).name
  const radius = (rulesets[galaxy.ruleset].detectionZoneFactor ?? Number.NaN) * me.techs.drive

  assert.deepStrictEqual(
    report.my_planets.map((it) => it.number),
    own.map((it) => it.number)
  )
  assert.deepStrictEqual(
    report.foreign_planets.map((it) => [it.number, it.owner]),
    galaxy.planets.flatMap((it) =>
      it.owner !== null && it.owner !== race && visited.has(it.number) ? [[it.number, nameOf(it.owner)]] : []
    )
  )
  assert.deepStrictEqual(
    report.uninhabited_planets.map((it) => it.number),
    galaxy.planets.flatMap((it) => (it.owner === null && visited.has(it.number) ? [it.number] : []))
  )
  const rest = galaxy.planets.filter((it) => it.owner !== race && !visited.has(it.number))
  assert.deepStrictEqual(
    report.unknown_planets.map((it) => ({ ...it })),
    rest.map((it) => ({ number: it.number, x: round(it.x), y: round(it.y) }))
  )

  // Foreign ships where the race is, and nothing of them that it may not know.
  const here = new Set([...own.map((it) => it.number), ...visited])
  const standing = galaxy.races.flatMap((other, index) =>
    index === race ? [] : other.groups.filter((it) => it.to === null && here.has(it.at)).map((it) => ({ other, it }))
  )
  assert.sameDeepMembers(
    report.foreign_groups.map((it) => [it.race, it.class, it.ships, it.destination]),
    standing.map(({ other, it }) => [other.name, it.class, it.ships, it.at])
  )
  for (const group of report.foreign_groups) {
    assert.sameMembers(Object.keys(group), [
      "race",
      "ships",
      "class",
      "drive",
      "weapons",
      "shields",
      "cargo",
      "goods",
      "load",
      "mass",
      "destination",
      "speed"
    ])
  }

  const flying = galaxy.races.flatMap((other, index) =>
    index === race
      ? []
      : other.groups.flatMap((it) => {
          if (it.to === null) return []
          const place = placeOf(galaxy, it)
          const near = own.some((planet) => distance("torus", galaxy.size, planet, place) <= radius + 1e-9)
          return near ? [{ it, place, mine: galaxy.planets[it.to - 1]!.owner === race }] : []
        })
  )
  assert.sameDeepMembers(
    report.approaching_groups.map((it) => [it.origin, it.destination, it.distance]),
    flying.filter((it) => it.mine).map(({ it }) => [it.at, it.to, round(it.distance)])
  )
  assert.strictEqual(report.unidentified_groups.length, flying.filter((it) => !it.mine).length)
  for (const seen of report.unidentified_groups) {
    assert.sameMembers(Object.keys(seen), ["x", "y"])
    assert.isTrue(
      flying.some((it) => !it.mine && Math.abs(it.place.x - seen.x) < 0.011 && Math.abs(it.place.y - seen.y) < 0.011)
    )
  }

  // Classes and sciences of others only where something showed them.
  const shown = new Set(standing.map(({ other, it }) => `${other.name} ${it.class}`))
  for (const event of log) {
    if (event.kind === "battle" && event.witnesses.includes(race)) {
      for (const it of event.groups) shown.add(`${nameOf(it.race)} ${it.class}`)
    }
    if (event.kind === "bombing" && event.witnesses.includes(race)) {
      for (const it of event.classes) shown.add(`${nameOf(event.bomber)} ${it}`)
    }
  }
  const learnt = new Set<string>()
  for (const planet of galaxy.planets) {
    if (planet.owner === null || planet.owner === race || !visited.has(planet.number)) continue
    if (planet.production?.kind === "ships") shown.add(`${nameOf(planet.owner)} ${planet.production.class}`)
    if (planet.production?.kind === "science") learnt.add(`${nameOf(planet.owner)} ${planet.production.science}`)
  }
  for (const it of report.foreign_classes) assert.isTrue(shown.has(`${it.race} ${it.name}`), `class ${it.name} leaked`)
  for (const it of report.foreign_sciences) {
    assert.isTrue(learnt.has(`${it.race} ${it.name}`), `science ${it.name} leaked`)
  }

  assert.strictEqual(
    report.battles.length,
    log.filter((it) => it.kind === "battle" && it.witnesses.includes(race)).length
  )
  assert.strictEqual(
    report.bombings.length,
    log.filter((it) => it.kind === "bombing" && it.witnesses.includes(race)).length
  )
  assert.strictEqual(report.changes.length, log.filter((it) => it.kind === "change" && it.race === race).length)
  for (const it of report.players) {
    if (it.name === me.name) assert.isUndefined(it.relation)
    else {
      const index = galaxy.races.findIndex((other) => other.name === it.name)
      assert.strictEqual(it.relation, me.peace_with.includes(index) ? "peace" : "war")
    }
  }
  assert.deepStrictEqual(
    report.my_groups.map((it) => it.number),
    me.groups.map((it) => it.number)
  )
}

/**
 * The galaxy with everything changed that the race can't see and that isn't in the public totals: its report must stay
 * the same.
 */
export const withHiddenChanged = (galaxy: Galaxy, race: number, log: ReadonlyArray<TurnEvent>): Galaxy => {
  const me = raceAt(galaxy, race)
  const own = galaxy.planets.filter((planet) => planet.owner === race)
  const visited = new Set(me.groups.filter((it) => it.to === null).map((it) => it.at))
  const here = new Set([...own.map((it) => it.number), ...visited])
  const radius = (rulesets[galaxy.ruleset].detectionZoneFactor ?? Number.NaN) * me.techs.drive
  const isSeen = (group: Group): boolean => {
    if (group.to === null) return here.has(group.at)
    const place = placeOf(galaxy, group)
    return own.some((planet) => distance("torus", galaxy.size, planet, place) <= radius + 1e-6)
  }
  const races = galaxy.races.map((other, index) => {
    if (index === race) return other
    const fought = log.flatMap((event) =>
      event.kind === "battle" ? event.groups.filter((it) => it.race === index).map((it) => it.class) : []
    )
    const bombed = log.flatMap((event) => (event.kind === "bombing" && event.bomber === index ? event.classes : []))
    const built = galaxy.planets.flatMap((it) =>
      it.owner === index && it.production?.kind === "ships" ? [it.production.class] : []
    )
    const shown = new Set([...fought, ...bombed, ...built, ...other.groups.filter(isSeen).map((it) => it.class)])
    return {
      ...other,
      peace_with: galaxy.races.flatMap((_, it) => (it === index || other.peace_with.includes(it) ? [] : [it])),
      classes: other.classes.map((it) =>
        shown.has(it.name) ? it : { ...it, drive: it.drive + 7, cargo: it.cargo + 3 }
      ),
      groups: other.groups.map((group) => ({
        ...group,
        number: group.number + 1000,
        ...(isSeen(group) ? {} : { ships: group.ships * 3 + 1, techs: { drive: 9, weapons: 9, shields: 9, cargo: 9 } }),
        // Who flies in a fleet flies at its speed, which is seen.
        fleet: group.to === null ? null : group.fleet
      }))
    }
  })
  const planets = galaxy.planets.map((planet) => {
    if (planet.owner === race) return planet
    const hidden = { ...planet, routes: {} }
    return visited.has(planet.number)
      ? hidden
      : {
          ...hidden,
          name: `Hidden_${planet.number}`,
          size: planet.size + 11,
          resources: planet.resources + 11,
          capital: planet.capital + 11,
          materials: planet.materials + 11,
          colonists: planet.colonists + 11,
          production: planet.owner === null ? null : ({ kind: "capital" } as const)
        }
  })
  return { ...galaxy, seed: "another", races, planets }
}
