/** Ships outside battles: approaching ones, fleets, own groups, foreign groups by race, and unidentified ones. */
import type {
  ApproachingGroup,
  Fleet,
  ForeignGroup,
  OwnGroup,
  Report,
  UnidentifiedGroup
} from "@galaxy/contract/engine/Report"
import { type PlaceOf, type Section, tabled, tabledBy } from "../Section.ts"
import { amount, type Column, count, words } from "../table.ts"
import { levels } from "./levels.ts"

const unidentified: ReadonlyArray<Column<UnidentifiedGroup>> = [amount("X", (it) => it.x), amount("Y", (it) => it.y)]

const ships: ReadonlyArray<Column<Omit<ForeignGroup, "race">>> = [
  count("#", (it) => it.ships),
  words("T", (it) => it.class),
  ...levels,
  words("T", (it) => it.goods),
  amount("Q", (it) => it.load)
]

const course = (
  place: PlaceOf
): ReadonlyArray<Column<Pick<Fleet, "destination" | "origin" | "distance" | "speed">>> => [
  words("D", (it) => place(it.destination)),
  words("F", (it) => (it.origin === undefined ? undefined : place(it.origin))),
  amount("R", (it) => it.distance),
  amount("P", (it) => it.speed)
]

const fleet = (place: PlaceOf): ReadonlyArray<Column<Fleet>> => [
  count("#", (it) => it.number),
  words("N", (it) => it.name),
  count("G", (it) => it.groups),
  ...course(place),
  words("State", (it) => it.state)
]

const ownGroup = (place: PlaceOf): ReadonlyArray<Column<OwnGroup>> => [
  count("G", (it) => it.number),
  ...ships,
  ...course(place),
  amount("M", (it) => it.mass),
  words("L", (it) => it.fleet),
  words("State", (it) => it.state)
]

const foreignGroup = (place: PlaceOf): ReadonlyArray<Column<ForeignGroup>> => [
  ...ships,
  words("D", (it) => place(it.destination)),
  amount("P", (it) => it.speed),
  amount("M", (it) => it.mass)
]

const approaching = (place: PlaceOf): ReadonlyArray<Column<ApproachingGroup>> => [
  words("O", (it) => place(it.origin)),
  words("D", (it) => place(it.destination)),
  amount("R", (it) => it.distance),
  amount("S", (it) => it.speed),
  amount("M", (it) => it.mass)
]

/** Foreign groups in sight that fly to the reader's planets. */
export const approachingSection = (groups: ReadonlyArray<ApproachingGroup>, place: PlaceOf): Section =>
  tabled("Approaching groups", approaching(place), groups)

/** Own fleets and groups, foreign groups by race, and coordinates of unidentified ones. */
export const shipSections = (report: Report, place: PlaceOf): ReadonlyArray<Section> => [
  tabled("Your fleets", fleet(place), report.my_fleets),
  tabled("Your groups", ownGroup(place), report.my_groups),
  ...tabledBy(
    (it) => it.race,
    (race) => `Groups of ${race}`,
    foreignGroup(place),
    report.foreign_groups
  ),
  tabled("Unidentified groups", unidentified, report.unidentified_groups)
]
