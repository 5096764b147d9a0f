/**
 * Tables of plain text: columns as wide as needed, numbers to the right, words to the left.
 *
 * Texts of players stay on their line: characters that would break it or reverse its direction are shown as `?`.
 */

/** A column: its head, whether it is aligned to the right, and its text for a row. */
export interface Column<Row> {
  readonly head: string
  readonly right: boolean
  readonly cell: (row: Row) => string
}

/** Shown where there is no value. */
export const none = "-"

const unruly = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu

/** A text that a player may have written, on one line; `-` for none. */
export const plain = (text: string | undefined): string => (text ?? "").replace(unruly, "?").trim() || none

/** A number with two decimals; one that shows as zero has no sign. */
export const decimal = (value: number): string => {
  const shown = value.toFixed(2)
  return shown === "-0.00" ? "0.00" : shown
}

/** A difference with its sign. */
export const signed = (value: number): string => {
  const shown = decimal(value)
  return value > 0 && shown !== "0.00" ? `+${shown}` : shown
}

/** A left-aligned column of texts, each made safe by `plain`. */
export const words = <Row>(head: string, of: (row: Row) => string | undefined): Column<Row> => ({
  head,
  right: false,
  cell: (row) => plain(of(row))
})

/** Makes right-aligned columns of numbers that are written by `show`. */
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
/** Numbers with two decimals. */
export const amount = numbers(decimal)
/** Differences with two decimals and a sign. */
export const difference = numbers(signed)

const widthOf = (text: string): number => Array.from(text).length

/** Heads and rows as lines; no lines when there are no rows. */
export const table = <Row>(columns: ReadonlyArray<Column<Row>>, rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  rows.length === 0 ? [] : headed(columns, rows)

/** Heads and rows as lines, with the heads even when there are no rows. */
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
