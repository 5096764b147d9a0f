/** When a process is taken for one that doesn't run any more. */
import type { ChildProcess } from "node:child_process"
import { EventEmitter } from "node:events"
import type { Socket } from "node:net"
import { Member } from "@galaxy/host-node/processes/cluster/Member"
import { afterEach, assert, beforeEach, it, vi } from "vitest"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/**
 * A process as Node speaks to it: what is said after a connection waits until that was taken, and of connections it takes
 * one in each turn of its event loop.
 */
class Busy extends EventEmitter {
  readonly connected = true
  readonly pid = 1
  readonly stdout = null
  readonly stderr = null
  readonly killed: Array<string> = []
  readonly #queue: Array<{ readonly message: { readonly type: string }; readonly done: (error: null) => void }> = []
  #timer: NodeJS.Timeout | undefined
  taken = 0

  begin(turnMs: number): void {
    this.#timer = setInterval(() => {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        next.done(null)
        if (next.message.type === "alive") this.emit("message", { type: "alive" })
        if (next.message.type !== "connection") continue
        this.taken++
        break
      }
    }, turnMs)
  }

  freeze(): void {
    clearInterval(this.#timer)
  }

  send(message: { readonly type: string }, _handle: unknown, _options: unknown, done: (error: null) => void): boolean {
    this.#queue.push({ message, done })
    return true
  }

  kill(signal: string): boolean {
    this.killed.push(signal)
    this.freeze()
    this.emit("close", null, signal)
    return true
  }
}

const connections = (count: number) => {
  const closed = { count: 0 }
  const sockets = Array.from(
    { length: count },
    () =>
      ({ _handle: { reading: true, readStop: () => undefined }, destroy: () => closed.count++ }) as unknown as Socket
  )
  return { closed, sockets }
}

const serving = (turnMs: number) => {
  const child = new Busy()
  const member = new Member(child as unknown as ChildProcess, { log: () => undefined, print: () => undefined })
  child.emit("message", { type: "serving" })
  child.begin(turnMs)
  member.watch(30_000)
  return { child, member }
}

it("one that is busy with connections, and takes them, is left alone", () => {
  const { child, member } = serving(30)
  const { closed, sockets } = connections(4_000)
  for (const [at, socket] of sockets.entries()) member.give(socket, "192.0.2.1", `network ${at}`)
  vi.advanceTimersByTime(120_000)
  assert.deepStrictEqual(child.killed, [])
  assert.isFalse(member.isSilent)
  // Whoever has waited for longer than clients do isn't handed over any more.
  assert.strictEqual(closed.count, 4_000)
  assert.isTrue(child.taken > 300 && child.taken < 400, String(child.taken))
})

it("one that takes a connection now and then is left alone, too", () => {
  const { child, member } = serving(20_000)
  for (let turn = 0; turn < 10; turn++) {
    for (const socket of connections(10).sockets) member.give(socket, "192.0.2.1")
    vi.advanceTimersByTime(20_000)
  }
  assert.deepStrictEqual(child.killed, [])
})

it("each message that doesn't reach one may tell of itself", () => {
  const { child, member } = serving(30)
  for (let turn = 0; turn < 3; turn++) child.emit("error", new Error("write EPIPE"))
  assert.isTrue(member.serves)
})

it("one that stands still is killed, and what was on its way is closed", async () => {
  const { child, member } = serving(30)
  const { closed, sockets } = connections(100)
  child.freeze()
  for (const socket of sockets) member.give(socket, "192.0.2.1")
  vi.advanceTimersByTime(70_000)
  assert.deepStrictEqual(child.killed, ["SIGKILL"])
  assert.isTrue(member.isSilent)
  await member.gone
  assert.strictEqual(closed.count, 100)
})
