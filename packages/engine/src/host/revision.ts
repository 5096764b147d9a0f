/**
 * Revisions of lists of orders, as players get them.
 *
 * No two lists of a race have the same, whatever their turns: a device that knows the list of one turn never takes that
 * of the next for it. A turn begins with a list that nobody has written, and that has a revision of its own as well, so
 * that of two devices that know it only one writes.
 */

/** More writes than a turn could see. With it, revisions of all turns are exact numbers. */
const writesOfTurn = 100_000_000

/** The revision of a turn's list that was written so often. It is never 0, which in a write means any list. */
export const revisionOf = (turn: number, writes: number): number => turn * writesOfTurn + writes + 1
