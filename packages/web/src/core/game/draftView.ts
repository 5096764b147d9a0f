/** What the orders panel shows, from the draft. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { DraftState, LineVerdict } from "./Draft.ts"
import { dependents, orderKey, without } from "./draftLines.ts"

export interface LineView {
  readonly id: number
  readonly place: number
  readonly order: Order
  readonly verdict: LineVerdict | undefined
  /** The place of an earlier line that this one needs. */
  readonly needs: number | undefined
}

export interface DraftView {
  readonly lines: ReadonlyArray<LineView>
  readonly done: number
  readonly refused: number
}

export const draftView = ({ lines: { lines }, verdicts }: DraftState): DraftView => {
  const needs = new Map<number, number>()
  const refused = lines.filter(({ id }) => verdicts.get(id)?.accepted === false)
  // Only a line that is refused is worth the word: the others have what they need.
  for (const [index, { id }] of lines.entries()) {
    const later = refused.length === 0 ? new Set<number>() : dependents(lines, id)
    for (const other of later) if (verdicts.get(id)?.accepted === false) needs.set(other, index + 1)
  }
  return {
    lines: lines.map(({ id, order }, index) => ({
      id,
      place: index + 1,
      order,
      verdict: verdicts.get(id),
      needs: verdicts.get(id)?.accepted === false ? needs.get(id) : undefined
    })),
    done: lines.filter(({ id }) => verdicts.get(id)?.accepted === true).length,
    refused: refused.length
  }
}

/** The lines in which two lists differ, and those that they share. */
export interface Difference {
  readonly both: number
  readonly mine: ReadonlyArray<Order>
  readonly theirs: ReadonlyArray<Order>
}

export const differenceOf = (mine: ReadonlyArray<Order>, theirs: ReadonlyArray<Order>): Difference => {
  const onlyMine = without(mine, theirs)
  return { both: mine.length - onlyMine.length, mine: onlyMine, theirs: without(theirs, mine) }
}

/** One list out of two: theirs without what is refused of it, then what is wanted of mine. */
export const merged = (
  theirs: ReadonlyArray<Order>,
  dropped: ReadonlyArray<Order>,
  wanted: ReadonlyArray<Order>
): ReadonlyArray<Order> => [...without(theirs, dropped), ...wanted]

/** A key for lists of orders in which the same one may stand twice. */
export const keyAt = (order: Order, index: number): string => `${index}:${orderKey(order)}`
