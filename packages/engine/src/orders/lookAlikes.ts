/** Names that look like another name of the same race are refused: orders would reach the wrong thing. */
import { areLookAlikes, type Look, lookOf } from "@galaxy/contract/names/lookAlike"
import type { Draft } from "../state/Draft.ts"
import { keyOf } from "./keyOf.ts"
import { done, type OrderResult, refuse } from "./Refusal.ts"

/** Looks of names, each worked out once in a turn: a race may have thousands. */
const known = new WeakMap<Draft, Map<string, Look>>()

/** Basic Latin alone: two such names are never look-alikes, and most names are such. */
const basic = /^[ -~]*$/

const lookIn = (draft: Draft, name: string): Look => {
  const looks = known.get(draft) ?? new Map<string, Look>()
  known.set(draft, looks)
  const look = looks.get(name) ?? lookOf(name)
  looks.set(name, look)
  return look
}

/** The first of the names that is another one and looks like this one. */
export const lookAlikeOf = (draft: Draft, name: string, names: Iterable<string>): string | undefined => {
  const look = lookIn(draft, name)
  const key = keyOf(name)
  const onlyLatin = basic.test(name)
  for (const other of names) {
    if (onlyLatin && basic.test(other)) continue
    if (areLookAlikes(look, lookIn(draft, other)) && keyOf(other) !== key) return other
  }
  return undefined
}

/** Refused with `name_confusable` when one of the names looks like this one; the same name in any case doesn't. */
export const unmistakable = (draft: Draft, name: string, names: Iterable<string>): OrderResult => {
  const other = lookAlikeOf(draft, name, names)
  return other === undefined
    ? done
    : refuse("name_confusable", `${name} looks like your ${other}, with letters of another script`)
}
