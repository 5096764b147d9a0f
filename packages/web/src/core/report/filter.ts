/** Rows that contain what somebody types. */
import type { Cell, Row } from "./table.ts"

/** What can be read in a cell; empty for figures. */
export const textOf = (cell: Cell | undefined): string => {
  switch (cell?._tag) {
    case "text":
      return cell.text
    case "planet":
    case "battle":
      return cell._tag === "planet" ? `${cell.name} #${cell.number}` : cell.name
    case "race":
      return cell.name
    case "product":
      return cell.product
    case "goods":
      return cell.goods
    default:
      return ""
  }
}

/** Rows in which each word stands somewhere, in any case. Figures aren't looked at. */
export const filtered = (rows: ReadonlyArray<Row>, typed: string): ReadonlyArray<Row> => {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
  if (words.length === 0) return rows
  return rows.filter(({ cells }) => {
    const text = cells.map(textOf).join(" ").toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
