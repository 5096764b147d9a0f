/** A position in the push log, as text on the wire: `<transaction>.<number>`, growing in the log's order. */

export interface Cursor {
  readonly xid: bigint
  readonly eventNo: bigint
}

/** Before everything. */
export const start: Cursor = { xid: 0n, eventNo: 0n }

export const format = (cursor: Cursor): string => `${cursor.xid}.${cursor.eventNo}`

const largest = 2n ** 63n - 1n

/** `undefined` for text that no log has given out. */
export const parse = (text: string): Cursor | undefined => {
  const match = /^(\d{1,19})\.(\d{1,19})$/.exec(text)
  if (match === null) return undefined
  const cursor = { xid: BigInt(match[1] ?? ""), eventNo: BigInt(match[2] ?? "") }
  return cursor.xid <= largest && cursor.eventNo <= largest ? cursor : undefined
}

export const isBefore = (left: Cursor, right: Cursor): boolean =>
  left.xid < right.xid || (left.xid === right.xid && left.eventNo < right.eventNo)
