/**
 * Orders of the other engine as orders of ours, by what they mean. Its letters are not all ours: its G upgrades, its X
 * dismantles, its E deletes a class; loads are per ship there and in total here.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { OrderOp } from "@galaxy/contract/engine/OrderArguments"
import { type Draft, type DraftRace, planetNamed } from "@galaxy/engine/state/Draft"
import { type Goods, goodsKinds } from "@galaxy/engine/state/kinds"

/** What a recorded order is here. */
export type Meaning =
  | { readonly kind: "order"; readonly order: Order }
  /** A race has another name: the game master's affair here, and no order. */
  | { readonly kind: "race_name"; readonly name: string | undefined }
  /** Something that this game hasn't. */
  | { readonly kind: "none"; readonly reason: string }
  /** Something that needn't be ordered here; ships and planets are as before. */
  | { readonly kind: "needless"; readonly reason: string }

export interface Speaker {
  readonly draft: Draft
  readonly race: DraftRace
  /** Numbers of planets by the names that they had when the turn began. */
  readonly planets: ReadonlyMap<string, number>
  /** Our number of a group that has this one there. */
  readonly group: (theirs: number) => number
}

/** What no group and no planet has. */
const nowhere = 900_000

const goodsByName: ReadonlyMap<string, Goods> = new Map([
  ["COL", goodsKinds[0]],
  ["CAP", goodsKinds[1]],
  ["MAT", goodsKinds[2]]
])
export const goodsNamed = (name: string): Goods | undefined => goodsByName.get(name)
export const goodsNames: { readonly [Kind in Goods]: string } = { colonists: "COL", capital: "CAP", materials: "MAT" }

/** Letters without a counterpart, and why. */
const absent: Readonly<Record<string, string>> = {
  H: "ships in space can't be turned back (D12)",
  I: "nobody is intercepted (D12)",
  V: "planets aren't claimed (D12)",
  O: "options are the platform's"
}

const needless: Readonly<Record<string, string>> = {
  M: "maps are drawn by clients",
  F: "a race's address is the platform's",
  Y: "passwords are the platform's",
  Z: "addresses are the platform's",
  "=": "a race's address is the platform's",
  "@": "messages are the platform's",
  "#": "a remark",
  ";": "a remark",
  "+": "conferences are the platform's",
  "-": "conferences are the platform's"
}

const isNumber = (text: string | undefined): text is string => text !== undefined && /^[+-]?\d+(\.\d+)?$/u.test(text)

/** The fields that are there. */
const orderOf = (op: OrderOp, fields: { readonly [Name in keyof Order]?: Order[Name] | undefined }): Meaning => ({
  kind: "order",
  order: { op, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) }
})

/** Numbers after the subject of L and U: how many ships, and how much for each of them; undefined when garbled. */
const countAndAmount = (words: ReadonlyArray<string>) => {
  const counts = isNumber(words[0]) ? words.slice(0, 1) : []
  const [keyword, each, ...rest] = words.slice(counts.length)
  const ships = counts.length > 0 ? Number(counts[0]) : undefined
  if (keyword === undefined) return { ships, each: undefined }
  return keyword.toUpperCase() === "AMOUNT" && isNumber(each) && rest.length === 0
    ? { ships, each: Number(each) }
    : undefined
}

const garbled: Meaning = { kind: "needless", reason: "an amount is a field of the order" }

export const meaningOf = (text: string, speaker: Speaker): Meaning => {
  const [letter = "", ...words] = text.trim().split(/\s+/u)
  const [first, second, third] = words
  const { draft, race } = speaker
  const planet = (name: string | undefined): number | undefined => {
    if (name === undefined) return undefined
    // "#7" is the planet of that number, whatever it is called.
    const number = /^#(\d+)$/u.exec(name)?.[1]
    if (number !== undefined) return draft.planets.some((it) => it.number === Number(number)) ? Number(number) : nowhere
    return speaker.planets.get(name) ?? planetNamed(draft, name)?.number ?? nowhere
  }
  const ships = (word: string | undefined): number | undefined => (isNumber(word) ? Number(word) : undefined)
  const group = (word: string | undefined): number | undefined => {
    if (word === undefined) return undefined
    if (word.toUpperCase() === "MAX") return 0
    return Number(word) >= 1 ? speaker.group(Number(word)) : nowhere
  }
  const isGroup = (word: string | undefined): boolean => word?.toUpperCase() === "MAX" || isNumber(word)
  /** For all ships that an order means, from what it says of one. */
  const total = (word: string | undefined, count: number | undefined, each: number | undefined): number | undefined => {
    if (each === undefined) return undefined
    const number = group(word)
    const found = race.groups.get(number === 0 ? race.newest : (number ?? nowhere))
    const all = found?.ships ?? 1
    return each * (count === undefined || count <= 0 ? all : Math.min(count, all))
  }

  switch (letter.toUpperCase()) {
    case "A":
      return orderOf("peace", { race: first })
    case "W":
      return orderOf("war", { race: first })
    case "B":
      return orderOf("break_group", { group: group(first), ships: ships(second) })
    case "C":
      return { kind: "race_name", name: first }
    case "D": {
      if (first?.toUpperCase() === "FLEET") return { kind: "needless", reason: "a fleet is made by joining it" }
      const [drive, armament, weapons, shields, cargo] = words
        .slice(1)
        .map((it) => (isNumber(it) ? Number(it) : undefined))
      return orderOf("design_class", { name: first, drive, armament, weapons, shields, cargo })
    }
    case "E":
      return orderOf("delete_class", { class: first })
    case "G":
      return orderOf("upgrade", { group: group(first), block: "ALL", ships: ships(second) })
    case "J":
      return first === undefined || isGroup(first)
        ? orderOf("join_fleet", { group: group(first), fleet: second, ships: ships(third) })
        : orderOf("merge_fleets", { fleet: first, into: second })
    case "L": {
      const counts = countAndAmount(words.slice(2))
      if (counts === undefined) return garbled
      const { ships, each } = counts
      return orderOf("load", { group: group(first), goods: second, ships, amount: total(first, ships, each) })
    }
    case "U": {
      const counts = countAndAmount(words.slice(1))
      if (counts === undefined) return garbled
      const { ships, each } = counts
      return orderOf("unload", { group: group(first), ships, amount: total(first, ships, each) })
    }
    case "N":
      return orderOf("rename_planet", { planet: planet(first), name: second })
    case "P":
      return orderOf("produce", {
        planet: planet(first),
        product: words.length > 1 ? words.slice(1).join(" ") : undefined
      })
    case "Q":
      return orderOf("quit", { race: first })
    case "R":
      return orderOf("route", { planet: planet(first), goods: second, to: third === "-" ? undefined : planet(third) })
    case "S":
      return orderOf("send", {
        ...(first === undefined || isGroup(first) ? { group: group(first) } : { fleet: first }),
        planet: planet(second),
        ships: ships(third)
      })
    case "T":
      return orderOf("rename_class", { class: first, name: second })
    case "X":
      return orderOf("dismantle", { group: group(first), ships: ships(second) })
    default: {
      const needs = needless[letter.toUpperCase()]
      if (needs !== undefined) return { kind: "needless", reason: needs }
      const reason = absent[letter.toUpperCase()]
      if (reason === undefined) throw new Error(`nobody knows the order ${text}`)
      return { kind: "none", reason }
    }
  }
}
