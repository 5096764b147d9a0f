/** Columns for the four numbers that technologies, blocks of ships and sciences have. */
import { amount, type Column } from "../table.ts"

/** The four numbers of a row, rounded as reports are. */
export interface ShownLevels {
  readonly drive: number
  readonly weapons: number
  readonly shields: number
  readonly cargo: number
}

/** The columns D, W, S and C, which many tables share. */
export const levels: ReadonlyArray<Column<ShownLevels>> = [
  amount("D", (it) => it.drive),
  amount("W", (it) => it.weapons),
  amount("S", (it) => it.shields),
  amount("C", (it) => it.cargo)
]
