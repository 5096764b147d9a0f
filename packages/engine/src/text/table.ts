/**
 * Tables of plain text: columns as wide as needed, numbers to the right, words to the left.
 *
 * Whatever players wrote stays on its line: characters that would break it or turn it around are shown as `?`.
 */

export interface Column<Row> {
  readonly head: string
  readonly right: boolean
  readonly cell: (row: Row) => string
}

/** What stands where there is nothing. */
export const none = "-"

const unruly = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** A text that a player may have written, on one line; `-` for none. */
export const plain = (text: string | undefined): string => (text ?? "").replace(unruly, "?").trim() || none

/** A number with two decimals, without a sign where it shows as nothing. */
export const decimal = (value: number): string => {
  const shown = value.toFixed(2)
  return shown === "-0.00" ? "0.00" : shown
}

/** A difference with its sign. */
export const signed = (value: number): string => {
  const shown = decimal(value)
  return value > 0 && shown !== "0.00" ? `+${shown}` : shown
}

export const words = <Row>(head: string, of: (row: Row) => string | undefined): Column<Row> => ({
  head,
  right: false,
  cell: (row) => plain(of(row))
})

/** A column of numbers that are shown in a way of their own. */
export const numbers =
  (show: (value: number) => string) =>
  <Row>(head: string, of: (row: Row) => number | undefined): Column<Row> => ({
    head,
    right: true,
    cell: (row) => {
      const value = of(row)
      return value === undefined ? none : show(value)
    }
  })

/** Whole numbers: how many, and numbers of planets and groups. */
export const count = numbers((value) => String(value))
export const amount = numbers(decimal)
export const difference = numbers(signed)

const widthOf = (text: string): number => Array.from(text).length

/** Heads and rows as lines; no line for no rows. */
export const table = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  rows.length === 0 ? [] : headed(columns, rows)

/** Heads and rows as lines, the heads without rows too. */
export const headed = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ cell }) => cell(row)))]
  const widths = columns.map((_, at) => cells.reduce((most, line) => Math.max(most, widthOf(line[at] ?? "")), 0))
  return cells.map((line) =>
    line
      .map((cell, at) => {
        const padding = " ".repeat((widths[at] ?? 0) - widthOf(cell))
        return columns[at]?.right === true ? padding + cell : cell + padding
      })
      .join("  ")
  )
}
