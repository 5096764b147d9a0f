/** What the orders panel shows, from the draft. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { DraftState } from "./DraftState.ts"
import { dependents, type Line, makerOf, orderKey, without } from "./draftLines.ts"
import type { LineVerdict } from "./lineVerdicts.ts"

export interface LineView {
  readonly id: number
  readonly place: number
  readonly order: Order
  readonly verdict: LineVerdict | undefined
  /** The place of an earlier line that this one needs. */
  readonly needs: number | undefined
  /** It came too late for the turn that is being made: it goes into the next one, and is judged there. */
  readonly isForNext: boolean
}

export interface DraftView {
  readonly lines: ReadonlyArray<LineView>
  readonly done: number
  readonly refused: number
  /** Lines that wait for the next turn; the other two numbers leave them out. */
  readonly forNext: number
}

/**
 * The place, from 1, of the line without which a refused one can't be done: it stands too late, or is refused itself.
 */
const missingFor = (line: Line, at: number, { lines, verdicts }: Drafted): number | undefined => {
  const isRefused = (id: number) => verdicts.get(id)?.accepted === false
  if (!isRefused(line.id)) return undefined
  const maker = makerOf(lines, line)
  if (maker !== undefined && (maker > at || isRefused(lines[maker]?.id ?? 0))) return maker + 1
  const earlier = lines.findIndex(
    (other, index) => index < at && isRefused(other.id) && dependents(lines, other.id).has(line.id)
  )
  return earlier < 0 ? undefined : earlier + 1
}

interface Drafted {
  readonly lines: ReadonlyArray<Line>
  readonly verdicts: DraftState["verdicts"]
}

/** Ids of the lines that the turn being made doesn't have any more. */
const lateLines = ({ lines: { lines }, save, base }: DraftState): ReadonlySet<number> => {
  if (save._tag !== "closed" || save.why === "paused" || save.why === "finished") return new Set()
  const left = new Map<string, number>()
  for (const order of base) left.set(orderKey(order), (left.get(orderKey(order)) ?? 0) + 1)
  return new Set(
    lines.flatMap(({ id, order }) => {
      const count = left.get(orderKey(order)) ?? 0
      left.set(orderKey(order), count - 1)
      return count > 0 ? [] : [id]
    })
  )
}

/** The lines with their verdicts, and what each refused one waits for. */
export const draftView = (state: DraftState): DraftView => {
  const { lines } = state.lines
  const late = lateLines(state)
  const judged = lines.filter(({ id }) => !late.has(id)).map(({ id }) => state.verdicts.get(id)?.accepted)
  return {
    lines: lines.map((line, at) => ({
      id: line.id,
      place: at + 1,
      order: line.order,
      verdict: late.has(line.id) ? undefined : state.verdicts.get(line.id),
      needs: late.has(line.id) ? undefined : missingFor(line, at, { lines, verdicts: state.verdicts }),
      isForNext: late.has(line.id)
    })),
    done: judged.filter((accepted) => accepted === true).length,
    refused: judged.filter((accepted) => accepted === false).length,
    forNext: late.size
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
