/**
 * The chance that a shot destroys (rules, section 16): with four times the defence always, with a quarter of it never.
 */
import type { Ruleset } from "../rules/Ruleset.ts"
import { log4 } from "./exact.ts"

/**
 * Logarithm of an attack or defence to the kill base, minus infinity for 0. Chances follow from differences of these.
 */
export const logOf = (ruleset: Ruleset, strength: number): number =>
  strength === 0
    ? Number.NEGATIVE_INFINITY
    : ruleset.killLogBase === 4
      ? log4(strength)
      : log4(strength) / log4(ruleset.killLogBase)

/** A chance this close to 0 or 1 differs from it only by rounding: section 2 compares with this epsilon. */
const nearlyNone = 1e-9

/** Chance that a shot destroys, from the logarithms of attack and defence. */
export const chanceOf = (logAttack: number, logDefence: number): number => {
  if (logAttack === Number.NEGATIVE_INFINITY) return 0
  if (logDefence === Number.NEGATIVE_INFINITY) return 1
  const chance = (logAttack - logDefence + 1) / 2
  return chance <= nearlyNone ? 0 : chance >= 1 - nearlyNone ? 1 : chance
}

/** Chance, from 0 to 1, that a gun of strength `attack` destroys a ship of strength `defence` with one shot. */
export const killChance = (ruleset: Ruleset, attack: number, defence: number): number =>
  chanceOf(logOf(ruleset, attack), logOf(ruleset, defence))
