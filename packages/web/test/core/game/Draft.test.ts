import type { Order } from "@galaxy/contract/engine/Order"
import { draftView } from "@galaxy/web/core/game/draftView"
import * as DraftLines from "@galaxy/web/core/game/draftLines"
import { describe, expect, it } from "vitest"
import { device } from "./device.ts"
import { FakeOrders } from "./fakeOrders.ts"
import { settle } from "./handTimer.ts"

const send = (group: number): Order => ({ op: "send", group, planet: 1 })
const design: Order = { op: "design_class", name: "A", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0 }

describe("the draft of a turn", () => {
  it("is kept at once and saved 800 ms after the last edit, once", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save } = device(server)
    await draft.open(5)
    expect(save()).toEqual({ _tag: "saved", at: undefined })
    add(send(1))
    expect(server.kept).toMatchObject({ turn: 5, unsaved: true, orders: [send(1)] })
    await timer.pass(700)
    add(send(2))
    await timer.pass(799)
    expect(server.log).toEqual(["get 5"])
    expect(save()).toEqual({ _tag: "unsaved" })
    await timer.pass(1)
    expect(server.log).toEqual(["get 5", "put 2"])
    expect(save()._tag).toBe("saved")
    expect(server.kept).toMatchObject({ unsaved: false, revision: 1 })
    await timer.pass(60_000)
    expect(server.log).toHaveLength(2)
  })

  it("saves nothing before it knows what the server has, and then puts its lines after those", async () => {
    const server = new FakeOrders()
    server.write([send(1)])
    server.faults = ["down", "down"]
    const { draft, timer, add, orders, save } = device(server)
    await draft.open(5)
    add(send(2))
    await timer.pass(1_900)
    expect(server.log).toEqual([])
    expect(save()._tag).toBe("unsaved")
    await timer.pass(30_000)
    expect(server.log).toEqual(["get 5", "put 2"])
    expect(orders()).toEqual([send(1), send(2)])
    expect(save()._tag).toBe("saved")
  })

  it("takes the server's verdicts, and says where they differ from its own", async () => {
    const server = new FakeOrders()
    server.refuses = new Set(["send"])
    const { draft, timer, add } = device(server)
    await draft.open(5)
    add(send(1), design)
    await settle()
    expect([...draft.state.get().verdicts.values()].map(({ from, accepted }) => [from, accepted])).toEqual([
      ["forecast", true],
      ["forecast", true]
    ])
    await timer.pass(800)
    expect([...draft.state.get().verdicts.values()]).toEqual([
      { accepted: false, code: "in_space", from: "server", changed: true },
      { accepted: true, from: "server", changed: false }
    ])
  })

  it("tries again after the network was down, with growing pauses, and when it is asked to", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save } = device(server)
    await draft.open(5)
    server.faults = ["down", "down", "down"]
    add(send(1))
    await timer.pass(800)
    expect(save()).toMatchObject({ _tag: "unsaved", retryAt: timer.now() + 2_000 })
    await timer.pass(2_000)
    expect(save()).toMatchObject({ _tag: "unsaved", retryAt: timer.now() + 4_000 })
    await draft.refresh()
    expect(save()).toMatchObject({ _tag: "unsaved", retryAt: timer.now() + 8_000 })
    await draft.refresh()
    expect(save()._tag).toBe("saved")
    expect(server.orders).toEqual([send(1)])
  })

  it("a save whose answer was lost is its own, also after more edits", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, orders, save } = device(server)
    await draft.open(5)
    add(send(1))
    await timer.pass(800)
    server.faults = ["lost", "down"]
    add(send(2))
    await timer.pass(800)
    expect(save()._tag).toBe("unsaved")
    draft.edit((lines) => DraftLines.replaceAll(lines, [design]))
    await timer.pass(800)
    expect(save()._tag).toBe("unsaved")
    expect(server.orders).toEqual([send(1), send(2)])
    await timer.pass(60_000)
    expect(save()._tag).toBe("saved")
    expect(orders()).toEqual([design])
    expect(server.orders).toEqual([design])
  })

  it("a save whose answer was lost is found out, and no conflict", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save } = device(server)
    await draft.open(5)
    add(send(1))
    await timer.pass(800)
    server.faults = ["lost"]
    add(send(2))
    await timer.pass(800)
    expect(save()._tag).toBe("unsaved")
    await timer.pass(10_000)
    expect(save()._tag).toBe("saved")
    expect(server.orders).toEqual([send(1), send(2)])
    expect(server.revision).toBe(2)
  })

  it("two devices: the later one is asked, line by line, and nothing is overwritten before", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, orders, save } = device(server)
    await draft.open(5)
    add(send(1))
    await timer.pass(800)
    server.write([send(1), send(7)])
    add(send(2))
    await timer.pass(800)
    expect(save()).toEqual({ _tag: "changed", theirs: [send(1), send(7)] })
    add(send(3))
    await timer.pass(60_000)
    expect(server.orders).toEqual([send(1), send(7)])
    draft.resolve([send(1), send(7), send(2)])
    await timer.pass(0)
    expect(server.orders).toEqual([send(1), send(7), send(2)])
    expect(orders()).toEqual(server.orders)
    expect(save()._tag).toBe("saved")
  })

  it("what another device wrote comes here where nothing was edited here", async () => {
    const server = new FakeOrders()
    const { draft, orders, save } = device(server)
    await draft.open(5)
    server.write([send(7)])
    await draft.refresh()
    expect(orders()).toEqual([send(7)])
    expect(save()._tag).toBe("saved")
  })

  it("the page is closed before it was saved: the next page saves it", async () => {
    const server = new FakeOrders()
    const first = device(server)
    await first.draft.open(5)
    first.add(send(1))
    await first.timer.pass(800)
    first.add(send(2))
    first.draft.end()
    const second = device(server)
    await second.draft.open(5)
    expect(second.orders()).toEqual([send(1), send(2)])
    await second.timer.pass(800)
    expect(server.orders).toEqual([send(1), send(2)])
    expect(second.save()._tag).toBe("saved")
  })

  it("the page is closed before it was saved, and another device writes: it asks", async () => {
    const server = new FakeOrders()
    const first = device(server)
    await first.draft.open(5)
    first.add(send(1))
    first.draft.end()
    server.write([send(7)])
    const second = device(server)
    await second.draft.open(5)
    expect(second.save()).toEqual({ _tag: "changed", theirs: [send(7)] })
    expect(second.orders()).toEqual([send(1)])
  })

  it("a turn closes while one types: nothing is lost, and it goes into the next turn", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, orders, save, passed } = device(server)
    await draft.open(5)
    add(send(1))
    await timer.pass(800)
    server.closed = "generating"
    add(send(2))
    await timer.pass(800)
    expect(save()).toEqual({ _tag: "closed", why: "generating" })
    add(send(3))
    await timer.pass(60_000)
    expect(server.orders).toEqual([send(1)])
    server.closed = undefined
    server.nextTurn()
    draft.close("passed")
    expect(passed()).toBe(0)
    await draft.open(6)
    expect(orders()).toEqual([send(2), send(3)])
    await timer.pass(800)
    expect(server.orders).toEqual([send(2), send(3)])
    expect(save()._tag).toBe("saved")
  })

  it("a turn that has passed unheard is asked for", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save, passed } = device(server)
    await draft.open(5)
    server.nextTurn()
    add(send(2))
    await timer.pass(800)
    expect(save()).toEqual({ _tag: "closed", why: "passed" })
    expect(passed()).toBe(1)
  })

  it("back after two turns with lines that were never saved: they go into the new turn, after what is there", async () => {
    const server = new FakeOrders()
    const first = device(server)
    await first.draft.open(5)
    first.add(send(1))
    await first.timer.pass(800)
    first.add(send(2))
    first.draft.end()
    server.nextTurn()
    server.nextTurn()
    server.write([send(7)])
    const second = device(server)
    await second.draft.open(7)
    await second.timer.pass(800)
    expect(server.orders).toEqual([send(7), send(2)])
    expect(second.orders()).toEqual(server.orders)
  })

  it("a paused game takes the orders once it goes on", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save } = device(server)
    await draft.open(5)
    server.closed = "paused"
    add(send(1))
    await timer.pass(800)
    expect(save()).toEqual({ _tag: "closed", why: "paused" })
    server.closed = undefined
    await draft.refresh()
    await timer.pass(800)
    expect(server.orders).toEqual([send(1)])
    expect(save()._tag).toBe("saved")
  })

  it("edits while one is being saved are saved too", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save } = device(server)
    await draft.open(5)
    add(send(1))
    const flushed = draft.flush()
    add(send(2))
    await flushed
    await timer.pass(2_000)
    expect(server.orders).toEqual([send(1), send(2)])
    expect(save()._tag).toBe("saved")
  })

  it("the cutoff falls into a save: what is typed meanwhile is for the next turn, and is judged there", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, orders, save } = device(server)
    await draft.open(5)
    add(send(1))
    await timer.pass(800)
    server.closed = "generating"
    add(send(2))
    const saving = draft.flush()
    add(design)
    await saving
    expect(save()).toEqual({ _tag: "closed", why: "generating" })
    const late = draftView(draft.state.get())
    expect(late.lines.map(({ isForNext, verdict }) => [isForNext, verdict?.accepted])).toEqual([
      [false, true],
      [true, undefined],
      [true, undefined]
    ])
    expect([late.done, late.refused, late.forNext]).toEqual([1, 0, 2])
    server.closed = undefined
    server.nextTurn()
    server.refuses = new Set(["send"])
    await draft.open(6)
    await timer.pass(800)
    expect(orders()).toEqual([send(2), design])
    expect(server.orders).toEqual([send(2), design])
    const next = draftView(draft.state.get())
    expect(next.lines.map(({ isForNext, verdict }) => [isForNext, verdict?.accepted])).toEqual([
      [false, false],
      [false, true]
    ])
  })

  it("the same order twice, once of them in time: the second one is for the next turn", async () => {
    const server = new FakeOrders()
    const { draft, timer, add } = device(server)
    await draft.open(5)
    add({ op: "merge_groups" })
    await timer.pass(800)
    server.closed = "generating"
    add({ op: "merge_groups" })
    await timer.pass(800)
    expect(draftView(draft.state.get()).lines.map(({ isForNext }) => isForNext)).toEqual([false, true])
    draft.close("paused")
    expect(draftView(draft.state.get()).forNext).toBe(0)
  })

  it("the page is closed while the turn is made: the lines are in the next turn, with what one undid undone", async () => {
    const server = new FakeOrders()
    const first = device(server)
    await first.draft.open(5)
    first.add(send(1))
    await first.timer.pass(800)
    server.closed = "generating"
    first.add(send(2))
    first.add(send(3))
    first.draft.edit(DraftLines.undo)
    await first.timer.pass(800)
    first.draft.end()
    server.closed = undefined
    server.nextTurn()
    const second = device(server)
    await second.draft.open(6)
    await second.timer.pass(800)
    expect(second.orders()).toEqual([send(2)])
    expect(server.orders).toEqual([send(2)])
  })

  it("the network is gone at the cutoff: what was never sent goes into the next turn", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, orders, save } = device(server)
    await draft.open(5)
    server.faults = Array.from({ length: 4 }, () => "down" as const)
    add(send(1))
    await timer.pass(10_000)
    expect(save()._tag).toBe("unsaved")
    server.nextTurn()
    await timer.pass(120_000)
    expect(save()).toEqual({ _tag: "closed", why: "passed" })
    add(send(2))
    expect(orders()).toEqual([send(1), send(2)])
    await draft.open(6)
    await timer.pass(800)
    expect(server.orders).toEqual([send(1), send(2)])
  })
})
