/** Enemy forces that a bot must reckon with, by the planet where they are or will be. */
import { grouped } from "../report/grouped.ts"
import { armedGroups, type Force, forceOf, groupForce, joined } from "./force.ts"
import type { View } from "./View.ts"

/** Approaching groups of less mass aren't taken for an attack. */
const leastAttack = 20

/** Highest technologies of the enemies: whose ships are coming isn't known. */
const feared = ({ others }: View, enemies: ReadonlySet<string>) => {
  const theirs = others.filter((it) => enemies.has(it.name))
  return {
    weapons: Math.max(1, ...theirs.map((it) => it.weapons)),
    shields: Math.max(1, ...theirs.map((it) => it.shields))
  }
}

/** Enemy forces by planet: those in sight, and those on the way to own planets. */
export const threatsTo = (view: View, enemies: ReadonlySet<string>): ReadonlyMap<number, Force> => {
  const forces = armedGroups(view.report).flatMap(({ group, design }) =>
    enemies.has(group.race) ? [{ at: group.destination, force: groupForce(group, design) }] : []
  )
  if (enemies.size > 0) {
    const techs = feared(view, enemies)
    for (const { destination, mass } of view.report.approaching_groups) {
      if (mass >= leastAttack) forces.push({ at: destination, force: forceOf(view.style.warship, techs, mass) })
    }
  }
  return new Map([...grouped(forces, (it) => it.at)].map(([at, all]) => [at, joined(all.map((it) => it.force))]))
}
