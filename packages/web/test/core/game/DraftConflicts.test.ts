/** What one device knows of the server's list while another one writes, turns close and answers come late. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Player } from "@galaxy/web/core/session/Session"
import { describe, expect, it } from "vitest"
import { device } from "./device.ts"
import { FakeOrders } from "./fakeOrders.ts"
import { settle } from "./handTimer.ts"

const send = (group: number): Order => ({ op: "send", group, planet: 1 })

/** A server with [7] by another device, where a page of this one was closed before its [1] was sent. */
const leftUnsaved = async () => {
  const server = new FakeOrders()
  const first = device(server)
  await first.draft.open(5)
  first.add(send(1))
  await settle()
  first.draft.end()
  server.write([send(7)])
  return server
}

/** A device that has saved [1], written 2 since, and is asked because another one has saved [7]. */
const asked = async () => {
  const server = new FakeOrders()
  const one = device(server)
  await one.draft.open(5)
  one.add(send(1))
  await one.timer.pass(800)
  server.write([send(7)])
  one.add(send(2))
  await one.timer.pass(800)
  expect(one.save()).toEqual({ _tag: "changed", theirs: [send(7)] })
  return { server, ...one }
}

const gate = () => {
  let open = () => {}
  const until = new Promise<void>((resolve) => (open = resolve))
  return { until, open: () => open() }
}

describe("the question which device's orders count", () => {
  it("is asked again after an edit and a reload", async () => {
    const { server, add, draft } = await asked()
    add(send(3))
    draft.end()
    const next = device(server)
    await next.draft.open(5)
    await next.timer.pass(60_000)
    expect(next.save()).toEqual({ _tag: "changed", theirs: [send(7)] })
    expect(next.orders()).toEqual([send(1), send(2), send(3)])
    expect(server.orders).toEqual([send(7)])
  })

  it("is asked again after a pause, and nothing is sent while the server is asked", async () => {
    const { server, draft, add, timer, save } = await asked()
    draft.close("paused")
    await draft.refresh()
    expect(save()._tag).toBe("changed")
    draft.close("paused")
    const answer = gate()
    server.gates = [answer.until]
    const refreshed = draft.refresh()
    add(send(3))
    await timer.pass(60_000)
    expect(server.orders).toEqual([send(7)])
    answer.open()
    await refreshed
    expect(save()).toEqual({ _tag: "changed", theirs: [send(7)] })
    server.faults = ["down"]
    draft.close("paused")
    await draft.refresh()
    expect(save()._tag).toBe("unsaved")
    await draft.refresh()
    expect(save()._tag).toBe("changed")
    expect(server.orders).toEqual([send(7)])
  })

  it("is asked although the server is asked twice at once", async () => {
    const server = await leftUnsaved()
    const { draft, timer, save } = device(server)
    const answer = gate()
    server.gates = [answer.until, answer.until]
    const opened = draft.open(5)
    await settle()
    const refreshed = draft.refresh()
    answer.open()
    await Promise.all([opened, refreshed])
    await timer.pass(60_000)
    expect(save()).toEqual({ _tag: "changed", theirs: [send(7)] })
    expect(server.orders).toEqual([send(7)])
  })

  it("is put off while the turn is closed, also over a reload, and asked once it isn't", async () => {
    const server = await leftUnsaved()
    const second = device(server)
    await second.draft.open(5, "paused")
    expect(second.save()).toEqual({ _tag: "closed", why: "paused" })
    second.add(send(2))
    second.draft.end()
    const third = device(server)
    await third.draft.open(5, "paused")
    await third.draft.refresh()
    expect(third.save()).toEqual({ _tag: "changed", theirs: [send(7)] })
    expect(third.orders()).toEqual([send(1), send(2)])
    third.draft.resolve([send(7), send(2)])
    await third.timer.pass(0)
    expect(server.orders).toEqual([send(7), send(2)])
    third.add(send(3))
    await third.timer.pass(800)
    expect(server.orders).toEqual([send(7), send(2), send(3)])
    expect(third.save()._tag).toBe("saved")
  })

  it("is no question once one has what the other device has", async () => {
    const { server, draft, save, orders } = await asked()
    server.write([send(1), send(2)])
    draft.close("paused")
    await draft.refresh()
    expect(save()._tag).toBe("saved")
    expect(orders()).toEqual([send(1), send(2)])
  })

  it("is no question where the server has what this device began with, under another revision", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save } = device(server)
    await draft.open(5)
    add(send(1))
    await timer.pass(800)
    server.revision++
    add(send(2))
    await timer.pass(2_000)
    expect(save()._tag).toBe("saved")
    expect(server.orders).toEqual([send(1), send(2)])
  })

  it("is asked of the second of two devices that begin a turn, be it the first one", async () => {
    const server = new FakeOrders(0)
    server.revision = 1
    const one = device(server)
    const { keep, call } = server
    const other = device(Object.assign(new FakeOrders(0), { call, keep: { ...keep, load: async () => undefined } }))
    await one.draft.open(0)
    await other.draft.open(0)
    one.add(send(1))
    other.add(send(2))
    await one.timer.pass(800)
    await other.timer.pass(800)
    expect(other.save()).toEqual({ _tag: "changed", theirs: [send(1)] })
    expect(server.orders).toEqual([send(1)])
  })

  it("is asked of a draft that the device kept, when the first answer was a failure", async () => {
    const server = await leftUnsaved()
    server.faults = ["down"]
    const { draft, save, orders } = device(server)
    await draft.open(5)
    expect(save()._tag).toBe("unsaved")
    await draft.refresh()
    expect(save()).toEqual({ _tag: "changed", theirs: [send(7)] })
    expect(orders()).toEqual([send(1)])
  })
})

describe("answers that come late", () => {
  it("a list that was read before a save doesn't undo it on the screen", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, orders, save } = device(server)
    await draft.open(5)
    const answer = gate()
    server.gates = [answer.until]
    const refreshed = draft.refresh()
    add(send(1))
    await timer.pass(800)
    expect(server.orders).toEqual([send(1)])
    answer.open()
    await refreshed
    expect(orders()).toEqual([send(1)])
    expect(save()._tag).toBe("saved")
  })

  it("a list that was read during a save doesn't undo it either", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, orders, save } = device(server)
    await draft.open(5)
    const [read, saved] = [gate(), gate()]
    server.gates = [read.until, saved.until]
    const refreshed = draft.refresh()
    add(send(1))
    await timer.pass(800)
    read.open()
    await refreshed
    add(send(2))
    saved.open()
    await timer.pass(800)
    expect(orders()).toEqual([send(1), send(2)])
    expect(server.orders).toEqual([send(1), send(2)])
    expect(save()._tag).toBe("saved")
  })

  it("a save that ends after the turn has closed leaves it closed", async () => {
    const server = new FakeOrders()
    for (const fault of ["none", "lost"] as const) {
      const { draft, timer, add, save } = device(server)
      await draft.open(5)
      const answer = gate()
      server.gates = [answer.until]
      if (fault === "lost") server.faults = [fault]
      add(send(server.revision + 1))
      await timer.pass(800)
      draft.close("passed")
      answer.open()
      await timer.pass(60_000)
      expect(save()).toEqual({ _tag: "closed", why: "passed" })
    }
  })

  it("what was written while a save was under way and the game paused is saved when it goes on", async () => {
    const server = new FakeOrders()
    const { draft, timer, add, save } = device(server)
    await draft.open(5)
    const answer = gate()
    server.gates = [answer.until]
    add(send(1))
    await timer.pass(800)
    draft.close("paused")
    add(send(2))
    await draft.refresh()
    answer.open()
    await timer.pass(2_000)
    expect(server.orders).toEqual([send(1), send(2)])
    expect(save()._tag).toBe("saved")
  })

  it("a closed turn whose list can't be read stays closed, and the list is read later", async () => {
    const server = new FakeOrders()
    server.write([send(7)])
    server.faults = ["down"]
    const { draft, timer, orders, save } = device(server)
    await draft.open(5, "paused")
    expect(save()).toEqual({ _tag: "closed", why: "paused" })
    expect(orders()).toEqual([])
    await draft.flush()
    await timer.pass(2_000)
    expect(orders()).toEqual([send(7)])
    expect(save()).toEqual({ _tag: "closed", why: "paused" })
  })

  it("a flush before the server has told its list doesn't put off asking for it", async () => {
    const server = new FakeOrders()
    server.faults = ["down"]
    const { draft, timer, add, orders } = device(server)
    await draft.open(5)
    add(send(1))
    await draft.flush()
    await timer.pass(60_000)
    expect(orders()).toEqual([send(1)])
    expect(server.orders).toEqual([send(1)])
  })

  it("saving goes on after a call that broke", async () => {
    const server = new FakeOrders()
    let breaks = false
    const call = (async (...args: Parameters<Player["call"]>) => {
      if (breaks) throw new Error("a part that can't be loaded")
      return server.call(...args)
    }) as Player["call"]
    const { draft, timer, add, save } = device(server, call)
    await draft.open(5)
    breaks = true
    add(send(1))
    await expect(draft.flush()).rejects.toThrow("a part that")
    breaks = false
    add(send(2))
    await timer.pass(800)
    expect(server.orders).toEqual([send(1), send(2)])
    expect(save()._tag).toBe("saved")
  })
})
