/** What a report adds to a bot's memory. */
import type { PlayerStatus, Report } from "@galaxy/contract/engine/Report"
import { armedMass } from "./force.ts"
import { maxSeen, type Memory, type SeenPlanet } from "./Memory.ts"

/** Positions of the races in the report's list of players, by name. */
export const positionsOf = (players: ReadonlyArray<PlayerStatus>): ReadonlyMap<string, number> =>
  new Map(players.map(({ name }, index) => [name, index]))

const planetsSeen = (memory: Memory, report: Report, positions: ReadonlyMap<string, number>) => {
  const seen = new Map(memory.planets.map((it) => [it[0], it]))
  const { turn } = report.summary
  const armed = armedMass(report)
  const massAt = (number: number): number => Math.floor((armed.get(number) ?? 0) + 0.5)
  for (const { number, size, resources } of report.uninhabited_planets)
    seen.set(number, [number, turn, size, resources, null, massAt(number)])
  for (const { number, size, resources, owner } of report.foreign_planets)
    seen.set(number, [number, turn, size, resources, positions.get(owner) ?? null, massAt(number)])
  for (const { number } of report.my_planets) seen.delete(number)
  // A planet that was wiped is free, even where nobody is left to watch it.
  for (const { planet, result } of report.bombings) {
    const before = seen.get(planet)
    if (result === "Wiped" && before !== undefined && before[1] < turn)
      seen.set(planet, [planet, before[1], before[2], before[3], null, before[5]])
  }
  // A race that has left has no planets any more.
  const gone = new Set(report.players.flatMap((it, index) => (it.extinct ? [index] : [])))
  return [...seen.values()]
    .map((it): SeenPlanet => (it[4] !== null && gone.has(it[4]) ? [it[0], it[1], it[2], it[3], null, 0] : it))
    .toSorted((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, maxSeen)
    .toSorted((a, b) => a[0] - b[0])
}

/** Races that took part in a battle against the report's own, or bombed it. */
const attackers = (report: Report): ReadonlySet<string> => {
  const found = new Set<string>()
  for (const { groups, totals } of report.battles) {
    for (const { attacker, target } of totals) {
      const by = groups[attacker]?.race
      if (by !== undefined && by !== report.race && groups[target]?.race === report.race) found.add(by)
    }
  }
  for (const { bomber, owner } of report.bombings) if (owner === report.race) found.add(bomber)
  return found
}

/** The memory with what a report adds to it. The target stays. */
export const remember = (memory: Memory, report: Report): Memory => {
  const positions = positionsOf(report.players)
  const attacks = new Map(memory.attacks)
  for (const name of attackers(report)) {
    const race = positions.get(name)
    if (race !== undefined) attacks.set(race, report.summary.turn)
  }
  return {
    planets: planetsSeen(memory, report, positions),
    attacks: [...attacks].toSorted(([one], [other]) => one - other),
    target: memory.target
  }
}
