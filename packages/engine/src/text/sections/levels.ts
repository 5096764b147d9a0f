/** Columns for what comes in four: technologies, blocks of ships, shares of sciences. */
import { amount, type Column } from "../table.ts"

export interface ShownLevels {
  readonly drive: number
  readonly weapons: number
  readonly shields: number
  readonly cargo: number
}

export const levels: ReadonlyArray<Column<ShownLevels>> = [
  amount("D", (it) => it.drive),
  amount("W", (it) => it.weapons),
  amount("S", (it) => it.shields),
  amount("C", (it) => it.cargo)
]
