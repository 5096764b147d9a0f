/** What is known of those who wrote an order text. All of it is from their last report. */
import type { Report } from "@galaxy/contract/engine/Report"

/** Whose orders are read, and for which turn. What is left out is not checked, and a planet without a name is a number. */
export interface OrderReader {
  readonly race?: string
  /** The turn of the report that the orders follow. */
  readonly turn?: number
  /** Names of planets; of two with the same name the last one counts. */
  readonly planets?: ReadonlyArray<readonly [name: string, planet: number]>
}

/** The reader of orders by somebody who has this report. Names that are seen now win over those of battles. */
export const readerOf = (report: Report): OrderReader => ({
  race: report.race,
  turn: report.turn,
  planets: [
    ...[...report.battles, ...report.bombings].map(({ name, planet }) => [name, planet] as const),
    ...[...report.uninhabited_planets, ...report.foreign_planets, ...report.my_planets].map(
      ({ name, number }) => [name, number] as const
    )
  ]
})
