/** A list in pages. */
import * as Pages from "@galaxy/web/core/lobby/Pages"
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import { describe, expect, it } from "vitest"
import { lost } from "./server.ts"

const server = (all: Array<number>) => {
  let broken = false
  let calls = 0
  return {
    all,
    calls: () => calls,
    break: (now: boolean) => {
      broken = now
    },
    ask: async (cursor: string | undefined): Promise<Result.Result<Pages.Page<number>, ClientError>> => {
      calls++
      if (broken) return Result.fail(lost)
      const from = Number(cursor ?? 0)
      return Result.succeed({
        items: all.slice(from, from + 2),
        next: from + 2 < all.length ? `${from + 2}` : undefined
      })
    }
  }
}

describe("pages", () => {
  it("show the first, then more, to the end", async () => {
    const pages = Pages.make(server([1, 2, 3, 4, 5]).ask)
    await pages.load()
    expect(pages.state.get()).toMatchObject({ items: [1, 2], more: true })
    await pages.showMore()
    await pages.showMore()
    expect(pages.state.get()).toMatchObject({ items: [1, 2, 3, 4, 5], more: false })
    await pages.showMore()
    expect(pages.state.get().items).toEqual([1, 2, 3, 4, 5])
  })

  it("read as many again as are shown", async () => {
    const from = server([1, 2, 3, 4, 5])
    const pages = Pages.make(from.ask)
    await pages.load()
    await pages.showMore()
    from.all.unshift(0)
    await pages.load()
    expect(pages.state.get()).toMatchObject({ items: [0, 1, 2, 3], more: true })
  })

  it("grow to the length that they had, within bounds, and never shrink", async () => {
    const from = server(Array.from({ length: 100 }, (_, index) => index))
    const pages = Pages.make(from.ask)
    await pages.load()
    pages.grow(3)
    await pages.load()
    expect([pages.length(), pages.state.get().items?.length]).toEqual([3, 6])
    pages.grow(2)
    pages.grow(Number.NaN)
    expect(pages.length()).toBe(3)
    pages.grow(1e9)
    expect(pages.length()).toBe(20)
  })

  it("keep what they have when the server can't be reached", async () => {
    const from = server([1, 2, 3])
    const pages = Pages.make(from.ask)
    await pages.load()
    from.break(true)
    await pages.showMore()
    expect(pages.state.get()).toMatchObject({ items: [1, 2], more: true, error: lost, busy: false })
    from.break(false)
    await pages.showMore()
    expect(pages.state.get()).toMatchObject({ items: [1, 2, 3], error: undefined })
  })

  it("are read again after an ask that broke", async () => {
    let breaks = true
    const from = server([1, 2, 3])
    const pages = Pages.make<number>((cursor) => {
      if (breaks) throw new Error("a part that can't be loaded")
      return from.ask(cursor)
    })
    await expect(pages.load()).rejects.toThrow("a part that")
    expect(pages.state.get().busy).toBe(false)
    breaks = false
    await pages.load()
    breaks = true
    await expect(pages.showMore()).rejects.toThrow("a part that")
    expect(pages.state.get()).toMatchObject({ items: [1, 2], busy: false })
    breaks = false
    await pages.showMore()
    expect(pages.state.get().items).toEqual([1, 2, 3])
  })

  it("answer calls that came while one more page was read", async () => {
    const from = server([1, 2, 3])
    const pages = Pages.make(from.ask)
    await pages.load()
    const further = pages.showMore()
    from.all.unshift(0)
    await Promise.all([further, pages.load()])
    expect(pages.state.get()).toMatchObject({ items: [0, 1, 2, 3], busy: false })
  })

  it("answer any number of calls meanwhile by one more", async () => {
    const from = server([1])
    const pages = Pages.make(from.ask)
    await Promise.all([pages.load(), pages.load(), pages.load(), pages.load()])
    expect(from.calls()).toBe(2)
  })
})
