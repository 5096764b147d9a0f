import type { StreamStatus } from "@galaxy/web/core/events/messages"
import * as StreamPart from "@galaxy/web/core/events/streamPart"
import { expect, it } from "vitest"

const settle = () => new Promise((done) => setImmediate(done))

const browser = () => {
  const told: Array<StreamStatus["_tag"]> = []
  const waits: Array<number> = []
  const wakers = new Set<() => void>()
  const it = { told, waits, wakers, loads: 0, missing: true, online: true, pass: () => {} }
  const part = StreamPart.make(
    async () => {
      it.loads++
      if (it.missing) throw new Error("the part can't be loaded")
      return "part"
    },
    {
      sight: {
        visible: () => true,
        online: () => it.online,
        onWake: (run) => {
          wakers.add(run)
          return () => wakers.delete(run)
        }
      },
      sleep: (millis) => {
        waits.push(millis)
        return new Promise((done) => {
          it.pass = done
        })
      },
      now: () => 0,
      tell: ({ _tag }) => told.push(_tag)
    }
  )
  return { ...part, it }
}

it("asks for the part again after a while, when the tab wakes and when a person asks", async () => {
  const { again, it, loaded } = browser()
  await settle()
  expect(it.told).toEqual(["connecting", "waiting"])
  it.online = false
  it.pass()
  await settle()
  expect(it.told.slice(2)).toEqual(["connecting", "offline"])
  for (const wake of it.wakers) wake()
  await settle()
  expect([it.loads, it.wakers.size]).toEqual([3, 1])
  it.missing = false
  again()
  expect(await loaded).toBe("part")
  expect([it.loads, it.wakers.size]).toEqual([4, 0])
  expect(it.waits).toEqual([2_000, 4_000, 8_000])
})

it("waits no longer than a minute, and ends when nobody waits for the part", async () => {
  const { close, it, loaded } = browser()
  for (let round = 0; round < 8; round++) {
    await settle()
    it.pass()
  }
  await settle()
  expect(it.waits.slice(-2)).toEqual([60_000, 60_000])
  close()
  expect(await loaded).toBeUndefined()
  expect(it.wakers.size).toBe(0)
})
