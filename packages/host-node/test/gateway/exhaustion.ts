/**
 * One run of an attack on a gateway with a small heap, as somebody at another address sees it.
 *
 * A second gateway that nobody attacks is asked in turn with the first: what it takes to answer is the machine's doing.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Attack, Gateway, healthz, inMebibytes } from "./attackers.ts"

export interface Seen {
  /** Milliseconds of the slowest of several answers before the attack. */
  readonly idleMs: number
  /** The same while it went on. */
  readonly slowestMs: number
  /** The same of the gateway that nobody attacked. */
  readonly slowestAloneMs: number
  /** Most bytes of memory above what it was before. */
  readonly grownBytes: number
  /** What was still in use, above what it was before, once the attackers had gone and garbage was collected. */
  readonly keptBytes: number
  readonly isAlive: boolean
}

/**
 * An absolute time, or a multiple of an idle answer in the same run: of this gateway before the attack, and of the one that
 * is left alone, which counts where other work on the machine slows both down.
 */
const within = (seen: Seen, ms: number) => Math.max(ms, 20 * seen.idleMs, 5 * seen.slowestAloneMs)

/** What went wrong, in words; `ms` is the longest time for an answer to another address. */
export const faults = (seen: Seen, ms: number): ReadonlyArray<string> => [
  ...(seen.isAlive ? [] : ["the gateway ended"]),
  ...(inMebibytes(seen.grownBytes) < 200 ? [] : [`it grew by ${inMebibytes(seen.grownBytes)} MB`]),
  ...(inMebibytes(seen.keptBytes) < 20 ? [] : [`it kept ${inMebibytes(seen.keptBytes)} MB`]),
  ...(seen.slowestMs < within(seen, ms)
    ? []
    : [`an answer took ${seen.slowestMs} ms, of a gateway left alone ${seen.slowestAloneMs} ms`])
]

const samples = 12
const mostSamples = 400
/** How often it is asked what it still uses, and from which size on that is no leftover of an attack. */
const looks = 40
const settledMebibytes = 10

/** Runs the attack, asks for as long as it goes on (a while, for one that only holds), then ends it and asks on. */
export const under = async (
  kind: "streams" | "bodies" | "resets",
  ...numbers: ReadonlyArray<number>
): Promise<Seen> => {
  const [gateway, alone] = await Promise.all([Gateway.start(), Gateway.start()])
  const { port } = gateway
  let attack: Attack | undefined
  try {
    // The first answers are slow while code is being compiled.
    for (let warm = 0; warm < samples; warm++) await healthz(port)
    for (let warm = 0; warm < samples; warm++) await healthz(alone.port)
    let idleMs = 0
    for (let idle = 0; idle < samples; idle++) idleMs = Math.max(idleMs, await healthz(port))
    const usedBefore = await gateway.usedBytes()
    const before = gateway.residentBytes
    let most = before
    let slowestMs = 0
    let slowestAloneMs = 0
    const ask = async () => {
      slowestAloneMs = Math.max(slowestAloneMs, await healthz(alone.port))
      slowestMs = Math.max(slowestMs, await healthz(port))
      most = Math.max(most, gateway.residentBytes)
    }
    attack = new Attack(kind, port, ...numbers)
    for (let asked = 0; asked < mostSamples && !attack.isDone && gateway.isAlive; asked++) {
      await ask()
      await sleep(5)
    }
    for (let asked = 0; asked < samples && gateway.isAlive; asked++) {
      await ask()
      await sleep(50)
    }
    await attack.stop()
    for (let asked = 0; asked < samples && gateway.isAlive; asked++) {
      await ask()
      await sleep(50)
    }
    // What is being torn down isn't kept: a busy machine takes its time for that.
    let keptBytes = (await gateway.usedBytes()) - usedBefore
    for (let look = 0; look < looks && inMebibytes(keptBytes) > settledMebibytes; look++) {
      await sleep(250)
      keptBytes = Math.min(keptBytes, (await gateway.usedBytes()) - usedBefore)
    }
    return {
      idleMs,
      slowestMs,
      slowestAloneMs,
      grownBytes: most - before,
      keptBytes,
      isAlive: gateway.isAlive
    }
  } finally {
    await attack?.stop()
    await gateway.stop()
    await alone.stop()
  }
}
