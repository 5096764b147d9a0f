/** Whom a bot wants to conquer: the strongest neighbour that it can beat. */
import type { PlayerStatus } from "@galaxy/contract/engine/Report"
import { type Force, forceOf, groupForce, joined, leftOf } from "./force.ts"
import type { Known, View } from "./View.ts"

/** Mass of warships that a race is suspected to have for each unit of industry and turn, for so many turns. */
const suspicion = 0.0125
const suspectTurns = 30
/** A target is given up after so many turns, so that a war which leads nowhere ends. */
const patience = 40

/** The bot's warships, wherever they are. */
export const ownForce = (view: View): Force =>
  joined(
    view.report.my_groups.flatMap((it) =>
      it.class === view.style.warship.name ? [groupForce(it, view.style.warship)] : []
    )
  )

/** Planets of a race in reach, as far as the bot knows them. */
export const planetsOf = (view: View, race: string): ReadonlyArray<Known> =>
  [...view.known.values()].filter((it) => it.owner === race && view.zone.has(it.number))

/**
 * The force that a race probably has: what was seen of it, but at least what its industry can have built. Its ships are
 * taken to be designed as the bot's own.
 */
const forceAgainst = (view: View, race: PlayerStatus, planets: ReadonlyArray<Known>): Force => {
  const seen = planets.reduce((sum, it) => sum + it.armed, 0)
  const built = race.industry * suspicion * Math.min(view.turn, suspectTurns)
  return forceOf(view.style.warship, race, Math.max(seen, built))
}

/** Share of all votes from which a race takes on everybody whom it can beat easily. */
const dominance = 0.35
/** Share of its force that must be likely to be left for that. */
const easily = 0.85

/** Share of the bot's force that would probably be left of a fight with all that a race has; 0 out of reach. */
const hopeAgainst = (view: View, mine: Force, race: PlayerStatus): number => {
  const planets = planetsOf(view, race.name)
  return planets.length === 0 ? 0 : leftOf(mine, forceAgainst(view, race, planets))
}

/** Names of the races besides its target that a dominant bot attacks, to bring the game to its end. */
export const furtherTargets = (view: View, ally: string | undefined): ReadonlyArray<string> => {
  const { votes } = view.report
  if (view.turn < view.style.skill.attacksFrom || votes.own < dominance * votes.total) return []
  const mine = ownForce(view)
  return view.others.flatMap((it) => (it.name !== ally && hopeAgainst(view, mine, it) >= easily ? [it.name] : []))
}

/** Position in the list of players and turn of the choice; see `Memory.target`. */
type Target = View["memory"]["target"]

/**
 * The target for the next turn. The present one is kept while it has planets in reach and there is hope; a new one is
 * the race with the most people among those that the bot can beat. An ally is never a target.
 */
export const chooseTarget = (view: View, ally: string | undefined): Target => {
  const { report, memory, style, turn } = view
  if (turn < style.skill.attacksFrom) return null
  const mine = ownForce(view)
  const hope = (race: PlayerStatus): number => (race.name === ally ? 0 : hopeAgainst(view, mine, race))
  const now = memory.target === null ? undefined : report.players[memory.target[0]]
  if (
    memory.target !== null &&
    now !== undefined &&
    !now.extinct &&
    turn - memory.target[1] < patience &&
    hope(now) > 0
  )
    return memory.target
  let best: PlayerStatus | undefined
  for (const race of view.others) {
    if ((best === undefined || race.population > best.population) && hope(race) >= style.skill.caution) best = race
  }
  const position = best === undefined ? undefined : view.positions.get(best.name)
  return position === undefined ? null : [position, turn]
}
