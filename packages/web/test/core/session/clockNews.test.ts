import { clockNews } from "@galaxy/web/core/session/clockNews"
import { expect, it } from "vitest"

it("tells of a wrong clock once, and again only when it has been right in between", () => {
  let kept: string | undefined
  const place = {
    read: () => kept,
    write: (text: string) => {
      kept = text
    }
  }
  const told = (offset: number) => clockNews(offset, place)
  expect([0, 10_000, -10_000].map(told)).toEqual([undefined, undefined, undefined])
  expect(told(300_000)).toBe(-300_000)
  expect([300_250, 10_001, -20_000].map(told)).toEqual([undefined, undefined, undefined])
  expect(told(1_000)).toBeUndefined()
  expect(told(-10_001)).toBe(10_001)
})
