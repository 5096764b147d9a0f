/** The constants that a game is played with, as the engine's formulas take them. */
import type { Ruleset as ToldRuleset, RulesetConstant } from "@galaxy/contract/api/Ruleset"
import { plus, type Ruleset, rulesets } from "@galaxy/engine/rules/Ruleset"

type Tree = { [key: string]: unknown }

const valueOf = ({ number, text, flag }: RulesetConstant): unknown => number ?? text ?? flag ?? null

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value)

/** Puts a value where its path says; parts of lists, which are named by their position, are left as they are known. */
const put = (tree: Tree, [key, ...rest]: ReadonlyArray<string>, value: unknown): Tree => {
  if (key === undefined || !Object.hasOwn(tree, key)) return tree
  if (rest.length === 0) return { ...tree, [key]: value }
  const inner = tree[key]
  return isTree(inner) ? { ...tree, [key]: put(inner, rest, value) } : tree
}

/**
 * The ruleset of a game. What the server told wins over what this version knows under that name; constants that this
 * version doesn't know are left out. Without an answer it is `plus`, which almost every game is played with.
 */
export const rulesetOf = (told: ToldRuleset | undefined): Ruleset => {
  if (told === undefined) return plus
  const known = Object.hasOwn(rulesets, told.name) ? rulesets[told.name as keyof typeof rulesets] : plus
  return told.constants.reduce<Tree>(
    (tree, constant) => put(tree, constant.name.split("."), valueOf(constant)),
    known as unknown as Tree
  ) as unknown as Ruleset
}
