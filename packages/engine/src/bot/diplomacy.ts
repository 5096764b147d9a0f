/** War with the target and with attackers, peace with everybody else. */
import { say, type View } from "./View.ts"

/** An attack is forgiven after so many turns. */
const forgiven = 8

/** Whether a race has attacked the bot's within so many turns. */
export const hasAttacked = (view: View, race: string, within = forgiven): boolean => {
  const position = view.positions.get(race)
  return view.memory.attacks.some(([attacker, turn]) => attacker === position && view.turn - turn < within)
}

/** Names of the races that the bot is at war with. */
export const enemiesOf = (view: View, targets: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set(view.others.flatMap(({ name }) => (targets.includes(name) || hasAttacked(view, name) ? [name] : [])))

/** Orders war and peace where they should change. */
export const negotiate = (view: View, enemies: ReadonlySet<string>): void => {
  for (const { name, relation } of view.others) {
    const wanted = enemies.has(name) ? "war" : "peace"
    if (relation !== wanted) say(view, { op: wanted, race: name })
  }
}
