/** Connections that wait for a process: how many, for how long, and whose. */
import { OnTheWay, type OnTheWayOptions } from "@galaxy/host-node/processes/cluster/OnTheWay"
import { assert, it } from "vitest"

const make = (options: Partial<OnTheWayOptions>) => {
  let now = 0
  const way = new OnTheWay(options, () => now)
  const taken: Array<() => void> = []
  const dropped: Array<string> = []
  const sent: Array<string> = []
  const add = (name: string, network: string | undefined = name, isLost = false) =>
    way.add({
      network,
      drop: () => void dropped.push(name),
      send: (done) => {
        sent.push(name)
        if (isLost) done()
        else taken.push(done)
      }
    })
  return { add, dropped, sent, taken, way, pass: (ms: number) => void (now += ms) }
}

it("only a few are sent before they are taken, the others in turn", () => {
  const { add, dropped, sent, taken, way } = make({ sent: 2 })
  for (const name of ["a", "b", "c", "d"]) add(name)
  assert.deepStrictEqual(sent, ["a", "b"])
  taken[1]?.()
  taken[1]?.()
  assert.deepStrictEqual(sent, ["a", "b", "c"])
  assert.deepStrictEqual(dropped, ["b"])
  taken[0]?.()
  taken[2]?.()
  taken[3]?.()
  assert.deepStrictEqual(dropped, ["b", "a", "c", "d"])
  assert.deepStrictEqual(way.size, { sent: 0, waiting: 0 })
})

it("no more wait than may, of one network or in all", () => {
  const { add, dropped, sent, taken } = make({ sent: 1, waiting: 4, waitingPerNetwork: 2 })
  add("first", "x")
  for (const name of ["1", "2", "3"]) add(name, "x")
  assert.deepStrictEqual(dropped, ["3"])
  // Proxies and exempt clients have no network.
  add("proxy", undefined)
  add("other", "y")
  add("late", "z")
  assert.deepStrictEqual(dropped, ["3", "late"])
  for (let at = 0; at < 5; at++) taken[at]?.()
  assert.deepStrictEqual(sent, ["first", "1", "2", "proxy", "other"])
  add("again", "x")
  assert.strictEqual(sent.at(-1), "again")
})

it("one that has waited for too long isn't sent", () => {
  const { add, dropped, pass, sent, taken } = make({ sent: 1, patienceMs: 100 })
  add("a")
  add("b")
  pass(50)
  add("c")
  pass(60)
  taken[0]?.()
  assert.deepStrictEqual(sent, ["a", "c"])
  assert.deepStrictEqual(dropped, ["a", "b"])
})

it("many that are lost at once take no more room than one", () => {
  const { add, dropped, taken, way } = make({ sent: 1, waiting: 20_000 })
  add("a")
  for (let count = 0; count < 20_000; count++) add("b", undefined, true)
  taken[0]?.()
  assert.strictEqual(dropped.length, 20_001)
  assert.deepStrictEqual(way.size, { sent: 0, waiting: 0 })
})

it("all are dropped when the process is gone, and whatever comes then", () => {
  const { add, dropped, sent, taken, way } = make({ sent: 1 })
  for (const name of ["a", "b", "c"]) add(name)
  way.close()
  taken[0]?.()
  add("d")
  assert.deepStrictEqual(dropped, ["a", "b", "c", "d"])
  assert.deepStrictEqual(sent, ["a"])
})
