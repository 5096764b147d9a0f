/** One run of an attack on a gateway with a small heap, as somebody at another address sees it. */
import { setTimeout as sleep } from "node:timers/promises"
import { Attack, Gateway, healthz } from "./attackers.ts"

export interface Seen {
  /** Milliseconds of the slowest of several answers before the attack. */
  readonly idleMs: number
  /** The same while it went on. */
  readonly slowestMs: number
  /** Most bytes of memory above what it was before. */
  readonly grownBytes: number
  /** What was still taken once the attackers had gone. */
  readonly keptBytes: number
  readonly isAlive: boolean
}

const samples = 12
const mostSamples = 400

/** Runs the attack, asks for as long as it goes on (a while, for one that only holds), then ends it and asks on. */
export const under = async (
  kind: "streams" | "bodies" | "resets",
  ...numbers: ReadonlyArray<number>
): Promise<Seen> => {
  const gateway = await Gateway.start()
  const { port } = gateway
  let attack: Attack | undefined
  try {
    // The first answers are slow while code is being compiled.
    for (let warm = 0; warm < samples; warm++) await healthz(port)
    let idleMs = 0
    for (let idle = 0; idle < samples; idle++) idleMs = Math.max(idleMs, await healthz(port))
    const before = gateway.residentBytes
    let most = before
    let slowestMs = 0
    const ask = async () => {
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
      await sleep(100)
    }
    await attack.stop()
    for (let asked = 0; asked < samples && gateway.isAlive; asked++) {
      await ask()
      await sleep(100)
    }
    return {
      idleMs,
      slowestMs,
      grownBytes: most - before,
      keptBytes: gateway.residentBytes - before,
      isAlive: gateway.isAlive
    }
  } finally {
    await attack?.stop()
    await gateway.stop()
  }
}
