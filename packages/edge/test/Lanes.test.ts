/** Who gets a place for a call, who waits, and for how long. */
import { Lanes, type LanesOptions } from "@galaxy/edge/Lanes"
import { assert, it } from "vitest"

const make = (options: Partial<LanesOptions> = {}) => {
  let time = 0
  let timers: Array<{ readonly at: number; readonly act: () => void }> = []
  const lanes = new Lanes(
    { now: () => time, after: (millis, act) => void timers.push({ at: time + millis, act }) },
    options
  )
  const pass = async (millis: number) => {
    time += millis
    const due = timers.filter((it) => it.at <= time)
    timers = timers.filter((it) => it.at > time)
    for (const { act } of due) act()
    await Promise.resolve()
  }
  return { lanes, pass, timers: () => timers.length }
}

/** Takes as many places as there are for this holder. */
const fill = (lane: ReturnType<Lanes["lane"]>, holder: string | undefined): number => {
  let count = 0
  while (lane.take(holder)) count++
  return count
}

it("a kind alone gets not quite half of the places, one holder of it a third; another one finds some in any case", () => {
  const { lanes } = make()
  const [one, other] = [lanes.lane(), lanes.lane()]
  assert.strictEqual(fill(one, "a"), 22)
  assert.strictEqual(fill(one, "b") + fill(one, "c"), 6)
  assert.isTrue(other.take("a"))
})

it("however many kinds one holder fills, there is a place for every other", () => {
  const { lanes } = make()
  const kinds = Array.from({ length: 100 }, () => lanes.lane())
  for (const it of kinds) fill(it, "a")
  assert.strictEqual(lanes.free, 32)
  assert.isTrue(lanes.lane().take("b"))
  const all = make().lanes
  for (let count = 0; count < 12; count++) fill(all.lane(), undefined)
  assert.isTrue(all.lane().take("b"))
})

it("who waits gets a place in turn as soon as there is one for its kind and holder", async () => {
  const { lanes } = make({ places: 8 })
  const [one, other] = [lanes.lane(), lanes.lane()]
  assert.strictEqual(fill(one, "a"), 3)
  assert.strictEqual(fill(one, "b"), 1)
  const came: Array<string> = []
  const wait = (holder: string) => void one.wait(holder).then((isIn) => came.push(`${holder} ${isIn}`))
  for (const holder of ["a", "c", "b"]) wait(holder)
  assert.strictEqual(fill(other, "x"), 2)
  one.leave("b")
  await Promise.resolve()
  assert.deepStrictEqual(came, [])
  // A place of another kind lets in, too.
  other.leave("x")
  other.leave("x")
  await Promise.resolve()
  assert.deepStrictEqual(came, ["c true"])
  one.leave("a")
  one.leave("a")
  await Promise.resolve()
  assert.deepStrictEqual(came, ["c true", "a true", "b true"])
  assert.isFalse(one.isCrowded)
})

it("nobody waits for ever, nor do too many, and who gives up leaves no trace", async () => {
  const { lanes, pass, timers } = make({ places: 2, waiting: 4, waitingPerHolder: 2, waitMs: 100 })
  const lane = lanes.lane()
  fill(lane, undefined)
  const came: Array<string> = []
  const wait = (name: string, holder: string, signal?: AbortSignal) =>
    void lane.wait(holder, signal).then(
      (isIn) => came.push(`${name} ${isIn}`),
      (cause: unknown) => came.push(`${name} ${String(cause)}`)
    )
  const over = new AbortController()
  wait("a1", "a")
  wait("a2", "a", over.signal)
  wait("a3", "a")
  await pass(60)
  assert.deepStrictEqual(came, ["a3 false"])
  over.abort("gone")
  wait("b1", "b")
  await pass(39)
  assert.deepStrictEqual(came.splice(0), ["a3 false", "a2 gone"])
  await pass(1)
  assert.deepStrictEqual(came.splice(0), ["a1 false"])
  await pass(60)
  assert.deepStrictEqual(came.splice(0), ["b1 false"])
  assert.strictEqual(timers(), 0)
  for (const name of ["1", "2", "3", "4", "5"]) wait(name, name)
  await pass(0)
  assert.deepStrictEqual(came.splice(0), ["5 false"])
  lane.refuse()
  await pass(0)
  assert.strictEqual(came.length, 4)
  lane.leave(undefined)
  assert.isTrue(lane.take("a"))
})

it("one that must go takes a place on top, and gives it back", () => {
  const { lanes } = make({ places: 2 })
  const lane = lanes.lane()
  fill(lane, "a")
  for (let count = 0; count < 5; count++) lane.force("a")
  for (let count = 0; count < 6; count++) lane.leave("a")
  assert.strictEqual(lanes.free, 2)
})
