/** Whose connection is read, and when: a few of one address before they have verified, the others in their order. */
import { Places } from "@galaxy/host-node/gateway/bounds/Places"
import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setImmediate", "clearImmediate"] })
})
afterEach(() => {
  vi.useRealTimers()
})

const made = (options: Partial<ConstructorParameters<typeof Places>[0]> = {}) =>
  new Places({ perAddress: 2, waitingPerAddress: 10, resets: 4, ...options })

const enter = (places: Places, holder = "a") => {
  const seen = { begun: false, cut: false }
  const place = places.enter(holder === "nobody" ? undefined : holder, {
    begin: () => {
      seen.begun = true
    },
    cut: () => {
      seen.cut = true
    }
  })
  return { seen, place }
}

const begun = (all: ReadonlyArray<ReturnType<typeof enter>>) => all.map(({ seen }) => seen.begun)

describe("connections of one address", () => {
  it("beyond the first few wait for their turn; another address doesn't", () => {
    const places = made()
    const all = [enter(places), enter(places), enter(places), enter(places)]
    assert.deepStrictEqual(begun(all), [true, true, false, false])
    assert.isTrue(enter(places, "b").seen.begun)
    assert.isTrue(enter(places, "nobody").seen.begun)
    all[1]?.place?.left()
    vi.advanceTimersByTime(1)
    assert.deepStrictEqual(begun(all), [true, true, true, false])
  })

  it("begin one after the other, so that others come in between", () => {
    const places = made()
    const all = Array.from({ length: 6 }, () => enter(places))
    all[0]?.place?.left()
    all[1]?.place?.left()
    vi.advanceTimersToNextTimer()
    assert.deepStrictEqual(begun(all), [true, true, true, false, false, false])
    vi.advanceTimersToNextTimer()
    assert.deepStrictEqual(begun(all), [true, true, true, true, false, false])
  })

  it("give their place back with a whole request, and take one again with the next", () => {
    const places = made({ perAddress: 1 })
    const first = enter(places)
    const second = enter(places)
    assert.isTrue(first.place?.asked())
    vi.advanceTimersByTime(1)
    assert.isFalse(second.seen.begun)
    first.place?.whole()
    vi.advanceTimersByTime(1)
    assert.isTrue(second.seen.begun)
    assert.isTrue(first.place?.asked())
    const third = enter(places)
    second.place?.left()
    vi.advanceTimersByTime(1)
    assert.isFalse(third.seen.begun)
    first.place?.whole()
    vi.advanceTimersByTime(1)
    assert.isTrue(third.seen.begun)
  })

  it("that have verified don't count, however long they stay", () => {
    const places = made()
    const all = Array.from({ length: 8 }, () => enter(places))
    for (const { place } of all) {
      place?.asked()
      place?.verified()
      vi.advanceTimersByTime(1)
    }
    vi.advanceTimersByTime(60_000)
    assert.deepStrictEqual([...new Set(begun(all))], [true])
    assert.isTrue(all.every(({ seen }) => !seen.cut))
  })

  it("lose their place to others after about two seconds without a whole request; alone they keep it", () => {
    const places = made()
    const all = [enter(places), enter(places)]
    vi.advanceTimersByTime(60_000)
    assert.isTrue(all.every(({ seen }) => !seen.cut))
    const waiting = enter(places)
    vi.advanceTimersByTime(1_900)
    assert.isFalse(waiting.seen.begun)
    vi.advanceTimersByTime(1_000)
    assert.isTrue(waiting.seen.begun)
    assert.isTrue(all.every(({ seen }) => seen.cut))
  })

  it("that never get a turn are closed, and so are those that find no room to wait", () => {
    const places = made({ perAddress: 1, waitingPerAddress: 40 })
    const waiting = Array.from({ length: 41 }, () => enter(places)).slice(1)
    const more = enter(places)
    assert.isUndefined(more.place)
    assert.isFalse(more.seen.begun)
    vi.advanceTimersByTime(32_000)
    assert.deepStrictEqual(waiting.at(-1)?.seen, { begun: false, cut: true })
  })

  it("share what they may take back: beyond it each loses its connection, and new ones wait until it has come back", () => {
    const places = made({ perAddress: 10 })
    const attackers = [enter(places), enter(places)]
    const honest = enter(places)
    honest.place?.asked()
    honest.place?.verified()
    const answers = Array.from({ length: 4 }, (_, index) => attackers[index % 2]?.place?.tookBack())
    assert.deepStrictEqual(answers, [true, true, true, false])
    assert.isTrue(honest.place?.tookBack())
    assert.isTrue(enter(places, "b").place?.tookBack())
    const next = enter(places)
    assert.isFalse(next.seen.begun)
    vi.advanceTimersByTime(3_000)
    assert.isTrue(next.seen.begun)
  })

  it("leave nothing behind", () => {
    const places = made()
    const all = Array.from({ length: 6 }, (_, index) => enter(places, `${index % 3}`))
    all[0]?.place?.tookBack()
    for (const { place } of all) place?.left()
    vi.advanceTimersByTime(30_000)
    assert.strictEqual(places.size, 0)
    assert.strictEqual(vi.getTimerCount(), 0)
  })
})
