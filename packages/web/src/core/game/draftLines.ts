/**
 * The orders of a turn while they are written: a list of lines, and how it was before each edit.
 *
 * Plain data and pure functions. A line keeps its `id` as long as it exists, wherever it moves.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import { maxOrders } from "@galaxy/contract/engine/Limits"

/** One order of the draft. `id` is this client's own and means nothing to the server. */
export interface Line {
  readonly id: number
  readonly order: Order
}

/** The list with its history. `past` is newest last, `future` newest first. */
export interface Lines {
  readonly lines: ReadonlyArray<Line>
  readonly past: ReadonlyArray<ReadonlyArray<Line>>
  readonly future: ReadonlyArray<ReadonlyArray<Line>>
  readonly nextId: number
}

/** Most steps that can be undone. */
export const maxUndo = 200

/** A draft with these orders and nothing to undo. */
export const start = (orders: ReadonlyArray<Order>, firstId = 1): Lines => ({
  lines: orders.map((order, index) => ({ id: firstId + index, order })),
  past: [],
  future: [],
  nextId: firstId + orders.length
})

export const ordersOf = ({ lines }: Lines): ReadonlyArray<Order> => lines.map(({ order }) => order)

const lower = (text: string | undefined): string => (text ?? "").trim().toLowerCase()

/** Orders with the same subject replace each other; those without one stand side by side. */
export const subjectOf = (order: Order): string | undefined => {
  switch (order.op) {
    case "produce":
    case "rename_planet":
      return `${order.op}:${order.planet ?? "?"}`
    case "route":
      return `route:${order.planet ?? "?"}:${lower(order.goods)}`
    case "rename_class":
      return `rename_class:${lower(order.class)}`
    case "vote":
      return "vote"
    case "peace":
    case "war":
      return `attitude:${lower(order.race)}`
    default:
      return undefined
  }
}

const edit = (before: Lines, lines: ReadonlyArray<Line>, nextId = before.nextId): Lines => ({
  lines,
  past: [...before.past, before.lines].slice(-maxUndo),
  future: [],
  nextId
})

/**
 * Adds an order at the end, where everything that it may need stands before it. One with the same subject goes. A full
 * list stays as it is.
 */
export const add = (draft: Lines, ...orders: ReadonlyArray<Order>): Lines => {
  let lines = draft.lines
  let nextId = draft.nextId
  for (const order of orders) {
    const subject = subjectOf(order)
    const others = subject === undefined ? lines : lines.filter((line) => subjectOf(line.order) !== subject)
    if (others.length >= maxOrders) continue
    lines = [...others, { id: nextId++, order }]
  }
  return lines === draft.lines ? draft : edit(draft, lines, nextId)
}

/** Puts another order in the place of a line. */
export const replace = (draft: Lines, id: number, order: Order): Lines =>
  draft.lines.some((line) => line.id === id)
    ? edit(
        draft,
        draft.lines.map((line) => (line.id === id ? { id, order } : line))
      )
    : draft

/** Puts a whole list in the place of the lines, as one edit. Lines that are the same keep their ids. */
export const replaceAll = (draft: Lines, orders: ReadonlyArray<Order>): Lines => {
  const free = new Map<string, Array<number>>()
  for (const { id, order } of draft.lines) {
    const ids = free.get(orderKey(order))
    if (ids === undefined) free.set(orderKey(order), [id])
    else ids.push(id)
  }
  let nextId = draft.nextId
  const lines = orders.slice(0, maxOrders).map((order) => ({
    id: free.get(orderKey(order))?.shift() ?? nextId++,
    order
  }))
  return edit(draft, lines, nextId)
}

export const remove = (draft: Lines, id: number): Lines => {
  const lines = draft.lines.filter((line) => line.id !== id)
  return lines.length === draft.lines.length ? draft : edit(draft, lines)
}

/** Moves a line by so many places, up where negative; it stops at the ends. */
export const move = (draft: Lines, id: number, by: number): Lines => {
  const from = draft.lines.findIndex((line) => line.id === id)
  const line = draft.lines[from]
  if (line === undefined) return draft
  const to = Math.max(0, Math.min(draft.lines.length - 1, from + by))
  return to === from ? draft : edit(draft, draft.lines.toSpliced(from, 1).toSpliced(to, 0, line))
}

export const undo = (draft: Lines): Lines => {
  const lines = draft.past.at(-1)
  if (lines === undefined) return draft
  return { ...draft, lines, past: draft.past.slice(0, -1), future: [draft.lines, ...draft.future] }
}

export const redo = (draft: Lines): Lines => {
  const [lines, ...future] = draft.future
  if (lines === undefined) return draft
  return { ...draft, lines, past: [...draft.past, draft.lines], future }
}

/** Orders with the same key are the same order. */
export const orderKey = (order: Order): string =>
  JSON.stringify(Object.entries(order).toSorted(([one], [other]) => (one < other ? -1 : 1)))

/** Whether two lists say the same in the same sequence. */
export const sameOrders = (one: ReadonlyArray<Order>, other: ReadonlyArray<Order>): boolean =>
  one.length === other.length && one.every((order, index) => orderKey(order) === orderKey(other[index] ?? order))

/** The orders of `these` that `those` doesn't have, as often as they stand there. */
export const without = (these: ReadonlyArray<Order>, those: ReadonlyArray<Order>): ReadonlyArray<Order> => {
  const count = new Map<string, number>()
  for (const order of those) count.set(orderKey(order), (count.get(orderKey(order)) ?? 0) + 1)
  return these.filter((order) => {
    const left = count.get(orderKey(order)) ?? 0
    if (left > 0) count.set(orderKey(order), left - 1)
    return left === 0
  })
}

const makes = (order: Order): string | undefined => {
  switch (order.op) {
    case "design_class":
    case "create_science":
    case "rename_class":
      return lower(order.name)
    case "join_fleet":
      return lower(order.fleet)
    default:
      return undefined
  }
}

const needs = (order: Order): ReadonlyArray<string> =>
  [order.product?.replace(/^ship /i, ""), order.class, order.science, order.into, order.fleet].flatMap((name) =>
    name === undefined ? [] : [lower(name)]
  )

/** The place from 0 of the line that makes what this one names, before it or after it; undefined where none does. */
export const makerOf = (lines: ReadonlyArray<Line>, { id, order }: Line): number | undefined => {
  const wanted = needs(order)
  const at = lines.findIndex((other) => {
    const made = makes(other.order)
    return other.id !== id && made !== undefined && wanted.includes(made)
  })
  return at < 0 ? undefined : at
}

/** Ids of the later lines that name what a line makes, or that speak of the group that it changes. */
export const dependents = (lines: ReadonlyArray<Line>, id: number): ReadonlySet<number> => {
  const at = lines.findIndex((line) => line.id === id)
  const line = lines[at]
  if (line === undefined) return new Set()
  const made = makes(line.order)
  const { group } = line.order
  return new Set(
    lines
      .slice(at + 1)
      .filter(
        ({ order }) =>
          (made !== undefined && needs(order).includes(made)) || (group !== undefined && order.group === group)
      )
      .map((other) => other.id)
  )
}
