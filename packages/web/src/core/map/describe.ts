/** A planet in one sentence, for those who hear the map. */
import type { Words } from "../words/Words.ts"
import type { PlanetView } from "./planet.ts"
import type { Spot } from "./scene.ts"
import type { Levels } from "./ships.ts"

/** Writes numbers in the player's language. */
export interface Figures {
  readonly whole: (value: number) => string
  readonly exact: (value: number) => string
}

/** Numbers of a language: rounded ones, and those with the report's two decimals. */
export const figuresOf = (language: string): Figures => {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const exact = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return { whole: (value) => whole.format(value), exact: (value) => exact.format(value) }
}

/** The name of a planet, or its number where it has none. */
export const spotName = (words: Words["map"], spot: Pick<Spot, "name" | "number">): string =>
  spot.name === "" ? words.number(spot.number) : spot.name

/** Levels of ships as one line; blocks that they don't have are left out. */
export const levelsText = (figures: Figures, { drive, weapons, shields, cargo }: Levels): string =>
  [drive, weapons, shields, cargo]
    .filter((level) => level > 0)
    .map(figures.exact)
    .join(" / ")

/** Light years a turn. */
export const speedText = (words: Words["map"], figures: Figures, speed: number): string =>
  speed > 0 ? words.speed(figures.exact(speed)) : words.noDrive

const ownerOf = (words: Words["map"], { kind, owner }: Spot): string => {
  switch (kind) {
    case "mine":
      return words.describe.yours
    case "foreign":
      return words.describe.of(owner ?? "")
    case "empty":
      return words.describe.nobody
    case "unknown":
      return words.describe.unknown
  }
}

/** Everything that the map shows of a planet; `firstIn` is in how many turns the first foreign group arrives. */
export const describeSpot = (
  words: Words["map"],
  figures: Figures,
  spot: Spot,
  turn: number,
  firstIn?: number
): string => {
  const { describe } = words
  const parts = [spotName(words, spot), ownerOf(words, spot)]
  if (spot.kind !== "unknown") {
    if (spot.filled > 0) parts.push(describe.people(figures.whole(spot.filled * spot.size)))
    else parts.push(describe.size(figures.whole(spot.size)))
  }
  const ships = spot.ships + spot.scouts
  if (ships > 0) parts.push(describe.ships(ships))
  for (const { ships, race, scouts } of spot.guests) if (!scouts) parts.push(describe.guests(ships, race))
  const watching = spot.guests.filter(({ scouts }) => scouts).length
  if (watching > 0) parts.push(describe.scouts(watching))
  if (spot.threats > 0) parts.push(describe.threats(spot.threats, firstIn))
  if (spot.fight) parts.push(describe.fight)
  if (spot.seen !== undefined && spot.seen < turn) parts.push(describe.seen(spot.seen))
  return parts.join(", ")
}

/** The same of a planet that is chosen. */
export const describeView = (words: Words["map"], figures: Figures, view: PlanetView, turn: number): string => {
  const first = view.arrivals.find(({ mine }) => !mine)?.turns
  return describeSpot(words, figures, view.spot, turn, first)
}
