/** Tables of a report: what stands in each column, and how it is sorted. No words and no markup. */

/** What a cell holds; the page shows each kind in its own way. */
export type Cell =
  | { readonly _tag: "text"; readonly text: string }
  /** Two decimals; undefined where there is none. */
  | { readonly _tag: "number"; readonly value: number | undefined }
  | { readonly _tag: "count"; readonly value: number | undefined }
  | { readonly _tag: "planet"; readonly number: number; readonly name: string }
  | { readonly _tag: "race"; readonly name: string }
  | { readonly _tag: "product"; readonly product: string }
  | { readonly _tag: "goods"; readonly goods: string }
  /** A word of the catalogue. */
  | { readonly _tag: "word"; readonly word: CellWord; readonly tone?: "good" | "bad" }
  | { readonly _tag: "battle"; readonly index: number; readonly planet: number; readonly name: string }

export const cellWords = [
  "war",
  "peace",
  "gone",
  "wiped",
  "damaged",
  "before_flight",
  "after_flight",
  "in_orbit",
  "in_space"
] as const
export type CellWord = (typeof cellWords)[number]

export interface Column<Key extends string = string> {
  readonly key: Key
  readonly numeric: boolean
}

export interface Row {
  readonly id: string
  readonly cells: ReadonlyArray<Cell>
  /** Whether it is the reader's own line among those of others. */
  readonly own?: boolean
}

export interface Table<Key extends string = string> {
  readonly columns: ReadonlyArray<Column<Key>>
  readonly rows: ReadonlyArray<Row>
}

/** Whether a cell says nothing: a part that isn't there, a name that isn't given. */
export const isEmpty = (cell: Cell): boolean => {
  switch (cell._tag) {
    case "number":
    case "count":
      return cell.value === undefined
    case "text":
      return cell.text === ""
    case "goods":
      return cell.goods === "-"
    default:
      return false
  }
}

const valueOf = (cell: Cell | undefined): string | number => {
  switch (cell?._tag) {
    case undefined:
      return ""
    case "number":
    case "count":
      return cell.value ?? Number.NEGATIVE_INFINITY
    case "planet":
    case "battle":
      return cell.name.toLowerCase()
    case "race":
      return cell.name.toLowerCase()
    case "text":
      return cell.text.toLowerCase()
    case "product":
      return cell.product.toLowerCase()
    case "goods":
      return cell.goods
    case "word":
      return cell.word
  }
}

export interface Sorting {
  readonly column: number
  readonly descending: boolean
}

const compare = (one: string | number, other: string | number): number =>
  typeof one === "number" && typeof other === "number"
    ? one - other
    : String(one).localeCompare(String(other), undefined, { numeric: true })

/** Rows by one column; equal ones stay in the order of the report. */
export const sorted = (rows: ReadonlyArray<Row>, sorting: Sorting | undefined): ReadonlyArray<Row> => {
  if (sorting === undefined) return rows
  const sign = sorting.descending ? -1 : 1
  return rows.toSorted(
    (one, other) => sign * compare(valueOf(one.cells[sorting.column]), valueOf(other.cells[sorting.column]))
  )
}

/** The sorting after a press on a column's head: figures begin with the largest, and a third press ends it. */
export const nextSorting = (now: Sorting | undefined, column: number, numeric: boolean): Sorting | undefined => {
  if (now?.column !== column) return { column, descending: numeric }
  return now.descending === numeric ? { column, descending: !numeric } : undefined
}
