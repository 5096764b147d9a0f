/** The design of a ship class, as the report knows it. */
import type { OwnClass, Report } from "@galaxy/contract/engine/Report"

/** Undefined for a class that the report doesn't have: it was never seen, or is gone. */
export const designOf = (
  report: Pick<Report, "race" | "my_classes" | "foreign_classes">,
  race: string,
  name: string
): OwnClass | undefined =>
  race === report.race
    ? report.my_classes.find((it) => it.name === name)
    : report.foreign_classes.find((it) => it.race === race && it.name === name)
