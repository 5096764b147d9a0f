/**
 * Order G: ships are given to another race.
 *
 * They leave their group at once and reach the receiver after the orders of all races. So no gift takes a name or a
 * number that the receiver's own orders of the turn count on.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import type { Ruleset } from "../rules/Ruleset.ts"
import { maxClasses, maxGroups } from "../rules/limits.ts"
import {
  addGroup,
  type Design,
  designOf,
  type Draft,
  type DraftRace,
  explain,
  type Gift,
  raceOf,
  setShips
} from "../state/Draft.ts"
import { isSameDesign } from "./classes.ts"
import { chosen } from "./groups.ts"
import { keyOf, written } from "./keyOf.ts"
import { lookAlikeOf } from "./lookAlikes.ts"
import { acceptClassName } from "./names.ts"
import { done, type OrderResult, refuse } from "./Refusal.ts"
import { raceIn } from "./subjects.ts"

const isKnown = (race: DraftRace, design: Design): boolean => {
  const known = race.designs.get(keyOf(design.name))
  return known !== undefined && isSameDesign(known, design)
}

const isSameClass = (one: Design, other: Design): boolean =>
  keyOf(one.name) === keyOf(other.name) && isSameDesign(one, other)

/** The classes on their way to a race that it doesn't have yet, each once. */
const newClasses = (receiver: DraftRace, gifts: ReadonlyArray<Gift>): ReadonlyArray<Design> => {
  const found: Array<Design> = []
  for (const { design } of gifts) {
    if (!isKnown(receiver, design) && !found.some((it) => isSameClass(it, design))) found.push(design)
  }
  return found
}

/** Whether a race can be given one more group of a class, by the bounds of a turn and of what one race can have. */
const canBeGiven = ({ ruleset, gifts }: Draft, receiver: DraftRace, design: Design): OrderResult => {
  const coming = gifts.filter((it) => it.receiver === receiver.index)
  const classes = newClasses(receiver, coming)
  const adds = isKnown(receiver, design) || classes.some((it) => isSameClass(it, design)) ? 0 : 1
  const { giftGroups, giftClasses } = ruleset
  if (giftGroups !== null && coming.length >= giftGroups) {
    return refuse("too_many_gifts", `${receiver.name} can be given at most ${giftGroups} groups in a turn`)
  }
  if (giftClasses !== null && classes.length + adds > giftClasses) {
    return refuse("too_many_gifts", `${receiver.name} can be given at most ${giftClasses} new ship classes in a turn`)
  }
  if (receiver.groups.size + coming.length >= maxGroups) {
    return refuse("too_many", `${receiver.name} already has as many groups as a race can have`)
  }
  if (adds > 0 && receiver.designs.size + classes.length >= maxClasses) {
    return refuse("too_many", `${receiver.name} already has as many ship classes as a race can have`)
  }
  return done
}

/**
 * Order G: gives ships with their load to another race, from anywhere. Launched ships fly on in transfer, and the
 * receiver can't recall them. Refused with `too_many_gifts` when the receiver has been given enough in this turn.
 */
export const give = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(chosen(race, order), ({ group, ships }) =>
    Result.flatMap(raceIn(draft, order.race), (receiver): OrderResult => {
      if (receiver === race) return refuse("unknown_race", "that is your own race")
      return Result.map(canBeGiven(draft, receiver, group.design), () => {
        const { number: _, ...copy } = group
        setShips(draft, race, group, group.ships - ships, "gift")
        const state = group.state === "launched" ? "in_transfer" : group.state
        // The giver may still rename the class in this turn: it is given as it is now.
        const design = { ...group.design }
        draft.gifts.push({ ...copy, giver: race.index, receiver: receiver.index, design, ships, fleet: null, state })
      })
    })
  )

/** The first characters of a text. */
const first = (text: string, characters: number): string => Array.from(text).slice(0, characters).join("")

/** Names for a class whose own name is taken: with its giver, then with numbers. */
function* otherNames(name: string, giver: string, most: number): Generator<string> {
  yield first(`${name}_${written(giver)}`, most)
  for (let number = 2; ; number++) {
    const end = `_${number}`
    yield `${first(`${name}_${written(giver)}`, most - end.length)}${end}`
    yield `Gift${end}`
  }
}

const namesOf = (race: DraftRace): ReadonlyArray<string> => Array.from(race.designs.values(), (it) => it.name)

const isFree = (draft: Draft, receiver: DraftRace, { nameLength }: Ruleset, name: string): boolean =>
  !receiver.designs.has(keyOf(name)) &&
  Result.isSuccess(acceptClassName(name, nameLength)) &&
  lookAlikeOf(draft, name, namesOf(receiver)) === undefined

/** The receiver's class for given ships: its own of that name and design, or a copy under a name that is free there. */
const classAt = (draft: Draft, receiver: DraftRace, { giver, design }: Gift): Design => {
  if (isKnown(receiver, design)) return receiver.designs.get(keyOf(design.name)) ?? design
  const { ruleset } = draft
  const taken =
    receiver.designs.has(keyOf(design.name)) || lookAlikeOf(draft, design.name, namesOf(receiver)) !== undefined
  if (!taken) return adopted(receiver, { ...design })
  for (const name of otherNames(design.name, raceOf(draft, giver).name, ruleset.nameLength)) {
    // An earlier gift of the same class has left it under this name.
    const earlier = receiver.designs.get(keyOf(name))
    if (earlier !== undefined && isSameDesign(earlier, design)) return earlier
    if (isFree(draft, receiver, ruleset, name)) return adopted(receiver, designOf({ ...design, name }))
  }
  return design
}

const adopted = (receiver: DraftRace, design: Design): Design => {
  receiver.designs.set(keyOf(design.name), design)
  return design
}

/** Hands over everything that was given this turn, in the order in which it was given. */
export const deliverGifts = (draft: Draft): void => {
  for (const gift of draft.gifts.splice(0)) {
    const { giver: _giver, receiver: index, ...group } = gift
    const receiver = raceOf(draft, index)
    const given = addGroup(draft, receiver, { ...group, design: classAt(draft, receiver, gift) }, "gift")
    explain(draft, index, "group", given.number, "load", 0, given.load, "gift")
  }
}
