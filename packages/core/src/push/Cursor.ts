/** Positions in the push log, and their text on the wire: `<transaction>.<number>`, growing in the log's order. */

/** The position of a row. Rows are ordered by transaction id, then by number; both are 63-bit and not negative. */
export interface Cursor {
  readonly xid: bigint
  readonly eventNo: bigint
}

/** Before every row. */
export const start: Cursor = { xid: 0n, eventNo: 0n }

/** The position as gateways get it and send it back. To them it is opaque. */
export const format = (cursor: Cursor): string => `${cursor.xid}.${cursor.eventNo}`

const largest = 2n ** 63n - 1n

/** Reads a position; `undefined` for text that `format` can't have produced. */
export const parse = (text: string): Cursor | undefined => {
  const match = /^(\d{1,19})\.(\d{1,19})$/.exec(text)
  if (match === null) return undefined
  const cursor = { xid: BigInt(match[1] ?? ""), eventNo: BigInt(match[2] ?? "") }
  return cursor.xid <= largest && cursor.eventNo <= largest ? cursor : undefined
}

/** Whether `left` comes strictly before `right` in the log's order. */
export const isBefore = (left: Cursor, right: Cursor): boolean =>
  left.xid < right.xid || (left.xid === right.xid && left.eventNo < right.eventNo)
