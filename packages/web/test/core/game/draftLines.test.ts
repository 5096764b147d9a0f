import type { Order } from "@galaxy/contract/engine/Order"
import * as Random from "@galaxy/engine/random/Random"
import * as DraftLines from "@galaxy/web/core/game/draftLines"
import { differenceOf, draftView, merged } from "@galaxy/web/core/game/draftView"
import { describe, expect, it } from "vitest"

const produce = (planet: number, product: string): Order => ({ op: "produce", planet, product })
const send = (group: number, planet: number): Order => ({ op: "send", group, planet })
const design = (name: string): Order => ({
  op: "design_class",
  name,
  drive: 1,
  armament: 0,
  weapons: 0,
  shields: 0,
  cargo: 0
})

describe("lines of a draft", () => {
  it("undoing all edits leads back to the start, and redoing them to the end", () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = Random.make("draft", seed)
      const start = DraftLines.start([produce(1, "CAP"), send(1, 2), design("Scout")])
      let draft = start
      const anyId = () => draft.lines[random.below(Math.max(1, draft.lines.length))]?.id ?? 99
      for (let edit = 0; edit < 60; edit++) {
        const edits = [
          () => DraftLines.add(draft, produce(random.below(4), "MAT")),
          () => DraftLines.add(draft, send(random.below(9), 1), { op: "vote", race: `R${random.below(3)}` }),
          () => DraftLines.replace(draft, anyId(), design("Other")),
          () => DraftLines.remove(draft, anyId()),
          () => DraftLines.move(draft, anyId(), random.between(-3, 3)),
          () => DraftLines.replaceAll(draft, [design("Scout"), send(random.below(5), 3)])
        ]
        draft = edits[random.below(edits.length)]!()
        const ids = draft.lines.map(({ id }) => id)
        expect(new Set(ids).size).toBe(ids.length)
      }
      const end = draft.lines
      const steps = draft.past.length
      for (let step = 0; step < steps; step++) draft = DraftLines.undo(draft)
      expect(draft.lines).toEqual(start.lines)
      expect(DraftLines.undo(draft)).toBe(draft)
      for (let step = 0; step < steps; step++) draft = DraftLines.redo(draft)
      expect(draft.lines).toEqual(end)
      expect(DraftLines.redo(draft)).toBe(draft)
    }
  })

  it("orders with one subject replace each other, at the end; others stand side by side", () => {
    const draft = DraftLines.add(
      DraftLines.start([]),
      produce(1, "CAP"),
      send(1, 2),
      send(1, 3),
      { op: "vote", race: "A" },
      { op: "peace", race: "B" },
      { op: "route", planet: 1, goods: "COL", to: 2 },
      { op: "route", planet: 1, goods: "MAT", to: 2 },
      { op: "rename_planet", planet: 1, name: "One" },
      design("Lancer"),
      produce(1, "Lancer"),
      { op: "vote", race: "C" },
      { op: "war", race: "b" },
      { op: "route", planet: 1, goods: "col" },
      { op: "rename_planet", planet: 1, name: "Two" }
    )
    expect(DraftLines.ordersOf(draft)).toEqual([
      send(1, 2),
      send(1, 3),
      { op: "route", planet: 1, goods: "MAT", to: 2 },
      design("Lancer"),
      produce(1, "Lancer"),
      { op: "vote", race: "C" },
      { op: "war", race: "b" },
      { op: "route", planet: 1, goods: "col" },
      { op: "rename_planet", planet: 1, name: "Two" }
    ])
    expect(DraftLines.undo(draft).lines).toEqual([])
  })

  it("a list that is read as text keeps the ids of the lines that it already had", () => {
    const before = DraftLines.start([send(1, 2), design("A"), send(1, 2)])
    const after = DraftLines.replaceAll(before, [design("A"), send(1, 2), send(9, 9), send(1, 2)])
    expect(after.lines.map(({ id }) => id)).toEqual([2, 1, 4, 3])
  })

  it("says which later lines need one", () => {
    const { lines } = DraftLines.start([
      design("Lancer"),
      produce(1, "SHIP lancer"),
      { op: "break_group", group: 3, ships: 1 },
      send(3, 7),
      { op: "join_fleet", group: 4, fleet: "Home" },
      { op: "send", fleet: "home", planet: 7 }
    ])
    expect(lines.map(({ id }) => [...DraftLines.dependents(lines, id)])).toEqual([[2], [], [4], [], [6], []])
  })

  it("a refused line says which one it needs: one that stands too late, or is refused itself", () => {
    const lines = DraftLines.start([
      produce(1, "Lancer"),
      design("Lancer"),
      design("Bad"),
      produce(2, "Bad"),
      send(1, 2)
    ])
    const verdict = (accepted: boolean) => ({ accepted, from: "server", changed: false }) as const
    const verdicts = new Map([1, 3, 4, 5].map((id) => [id, verdict(false)] as const).concat([[2, verdict(true)]]))
    const view = draftView({ turn: 1, lines, verdicts, base: [], save: { _tag: "saving" } })
    expect(view.lines.map(({ needs }) => needs)).toEqual([2, undefined, undefined, 3, undefined])
    expect([view.done, view.refused]).toEqual([1, 4])
  })

  it("brings two lists together by what is wanted of each", () => {
    const [mine, theirs] = [
      [send(1, 2), send(3, 4)],
      [send(1, 2), design("A"), design("B")]
    ]
    const difference = differenceOf(mine, theirs)
    expect(difference).toEqual({ both: 1, mine: [send(3, 4)], theirs: [design("A"), design("B")] })
    expect(merged(theirs, [design("A")], difference.mine)).toEqual([send(1, 2), design("B"), send(3, 4)])
  })

  it("compares lists as often as a line stands in them", () => {
    const orders = [send(1, 2), send(1, 2), design("A")]
    expect(DraftLines.without(orders, [send(1, 2)])).toEqual([send(1, 2), design("A")])
    expect(DraftLines.sameOrders([{ op: "send", planet: 2, group: 1 }], [send(1, 2)])).toBe(true)
  })
})
