/** Whether a shot destroys (rules, section 16): an attack of four times the defence always does, a quarter never. */
import type { Ruleset } from "../rules/Ruleset.ts"
import { log4 } from "./exact.ts"

/** Logarithms of attack and defence to the kill base: chances are differences of them. */
export const logOf = (ruleset: Ruleset, strength: number): number =>
  strength === 0
    ? Number.NEGATIVE_INFINITY
    : ruleset.killLogBase === 4
      ? log4(strength)
      : log4(strength) / log4(ruleset.killLogBase)

/** So near to never or always, rounding has made the difference: section 2 compares with this epsilon. */
const nearlyNone = 1e-9

/** Chance that a shot destroys, from the logarithms of attack and defence. */
export const chanceOf = (logAttack: number, logDefence: number): number => {
  if (logAttack === Number.NEGATIVE_INFINITY) return 0
  if (logDefence === Number.NEGATIVE_INFINITY) return 1
  const chance = (logAttack - logDefence + 1) / 2
  return chance <= nearlyNone ? 0 : chance >= 1 - nearlyNone ? 1 : chance
}

export const killChance = (ruleset: Ruleset, attack: number, defence: number): number =>
  chanceOf(logOf(ruleset, attack), logOf(ruleset, defence))
