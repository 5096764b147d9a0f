/**
 * Rows as a table that fits the terminal. Where it doesn't, the widest column of free text is shortened; ids, times and
 * numbers never are.
 */
import * as CliOutput from "effect/cli/CliOutput"

/** A column: its field and its heading. */
export interface Column {
  readonly field: string
  readonly title: string
  /** Free text, which may be shortened. */
  readonly shrinks: boolean
}

const fixed = /((?<!template)_id|_at|_hash|_no|^at|^status|version|turn|count|attempts|actor|action|op|health)$/

/** The column of a field: its heading is the field's last part in capitals, without what its cells say anyway. */
export const columnOf = (field: string): Column => ({
  field,
  title: (field.split(".").at(-1) ?? field)
    .replace(/^current_|(?<=.)_(id|at|code|count)$/, "")
    .replaceAll("_", " ")
    .toUpperCase(),
  shrinks: !fixed.test(field)
})

const gap = "  "
const least = 8

const widthOf = CliOutput.displayWidth
const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)))

const shorten = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let kept = ""
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (widthOf(kept + segment) > width - 1) break
    kept += segment
  }
  return `${kept}…`
}

const sum = (widths: ReadonlyArray<number>) =>
  widths.reduce((all, it) => all + it, 0) + gap.length * (widths.length - 1)

/** How many columns fit: those at the end are left out where even shortened texts take too much. */
export const fitting = (widths: ReadonlyArray<number>, terminal: number): number => {
  let count = widths.length
  while (count > 1 && sum(widths.slice(0, count)) > terminal) count--
  return count
}

/** Widths of columns for these rows, in a terminal so many columns wide. */
export const widthsOf = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  terminal: number
): ReadonlyArray<number> => {
  const widths = columns.map(({ title }, at) =>
    rows.reduce((widest, row) => Math.max(widest, widthOf(row[at] ?? "")), widthOf(title))
  )
  for (;;) {
    const over = sum(widths) - terminal
    if (over <= 0) return widths
    const widest = columns.reduce(
      (best, { shrinks }, at) =>
        shrinks && (widths[at] ?? 0) > least && (best < 0 || (widths[at] ?? 0) > (widths[best] ?? 0)) ? at : best,
      -1
    )
    if (widest < 0) return widths
    widths[widest] = Math.max(least, (widths[widest] ?? 0) - over)
  }
}

/** One row as a line of these widths. */
export const lineOf = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>): string =>
  cells
    .slice(0, widths.length)
    .map((cell, at) => {
      const width = widths[at] ?? 0
      return at === widths.length - 1 ? shorten(cell, width) : pad(shorten(cell, width), width)
    })
    .join(gap)
    .trimEnd()
