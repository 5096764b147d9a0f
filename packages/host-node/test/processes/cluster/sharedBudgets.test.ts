import type { Taken } from "@galaxy/edge/Budgets"
import type { TakenTold } from "@galaxy/host-node/processes/cluster/messages"
import { sharedBudgets } from "@galaxy/host-node/processes/cluster/sharedBudgets"
import { afterEach, assert, beforeEach, it, vi } from "vitest"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it("what is taken is told in batches, each bucket once in each", () => {
  const sent: Array<TakenTold> = []
  const shared = sharedBudgets(2, { send: (told) => void sent.push(told), hear: () => undefined })
  shared.tell({ kind: "session", key: "a", tokens: 3 })
  shared.tell({ kind: "user", key: "a", tokens: 1 })
  shared.tell({ kind: "session", key: "a", tokens: 4 })
  assert.deepStrictEqual(sent, [])
  vi.advanceTimersByTime(50)
  const all = [
    { kind: "session", key: "a", tokens: 7 },
    { kind: "user", key: "a", tokens: 1 }
  ]
  assert.deepStrictEqual(sent, [{ type: "taken", all }] as Array<TakenTold>)
  vi.advanceTimersByTime(1_000)
  assert.strictEqual(sent.length, 1)
  // A flood of keys doesn't pile up.
  for (let key = 0; key < 2_500; key++) shared.tell({ kind: "ip", key: String(key), tokens: 1 })
  assert.deepStrictEqual(
    sent.map((it) => it.all.length),
    [2, 1_000, 1_000]
  )
})

it("what others have taken is heard, and nothing else", () => {
  let say: (message: unknown) => void = () => undefined
  const shared = sharedBudgets(2, {
    send: () => undefined,
    hear: (each) => {
      say = each
    }
  })
  const heard: Array<Taken> = []
  shared.hear((taken) => void heard.push(taken))
  const taken: Taken = { kind: "user", key: "a", tokens: 2 }
  for (const message of [undefined, "taken", { type: "metrics", id: 1 }, { type: "taken", all: [taken, taken] }])
    say(message)
  assert.deepStrictEqual(heard, [taken, taken])
})
