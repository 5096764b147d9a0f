/** The twenty sections of a report in the order of the rules, and what each had to leave out. */
import type { Report } from "@galaxy/contract/engine/Report"

export const sectionIds = [
  "galaxy",
  "votes",
  "races",
  "my_sciences",
  "foreign_sciences",
  "my_classes",
  "foreign_classes",
  "battles",
  "bombings",
  "approaching",
  "my_planets",
  "yards",
  "routes",
  "foreign_planets",
  "uninhabited",
  "unknown",
  "my_fleets",
  "my_groups",
  "foreign_groups",
  "unidentified"
] as const
export type SectionId = (typeof sectionIds)[number]

const leftOutKeys: Partial<Record<SectionId, keyof NonNullable<Report["left_out"]>>> = {
  foreign_sciences: "foreign_sciences",
  foreign_classes: "foreign_classes",
  battles: "battles",
  bombings: "bombings",
  approaching: "approaching_groups",
  my_fleets: "my_fleets",
  foreign_groups: "foreign_groups",
  unidentified: "unidentified_groups"
}

/** How many lines of a section the report doesn't have because of its bounds. */
export const leftOut = (section: SectionId, report: Report): number => {
  const key = leftOutKeys[section]
  return key === undefined ? 0 : (report.left_out?.[key] ?? 0)
}
