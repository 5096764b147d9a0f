/** Rounds of several processes that open one folder at one instant. */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Answer, Ask, Kind } from "./fixtures/opener.ts"

const opener = fileURLToPath(new URL("./fixtures/opener.ts", import.meta.url))

/** What a round begins with: a folder that nobody has used, one that is free again, or one with a dead process's lock. */
const states = ["fresh", "used", "stale"] as const

const earlierLock = { data: "galaxy.lock", state: "lock" } as const satisfies Record<Kind, string>

const answer = async (child: ChildProcess): Promise<Answer> => (await once(child, "message"))[0] as Answer
const ask = (child: ChildProcess, message: Ask): Promise<Answer> => {
  const answered = answer(child)
  child.send(message)
  return answered
}

export interface Round {
  readonly state: (typeof states)[number]
  readonly owners: number
  readonly refusals: ReadonlyArray<string>
}

/** Plays the rounds; each begins as another state. */
export const race = async (kind: Kind, rounds: number, openers = 3): Promise<ReadonlyArray<Round>> => {
  const parent = mkdtempSync(join(tmpdir(), "galaxy-race-"))
  const children = Array.from({ length: openers }, () => fork(opener))
  const played: Array<Round> = []
  try {
    await Promise.all(children.map(answer))
    for (let round = 0; round < rounds; round++) {
      const state = states[round % states.length] ?? "fresh"
      const folder = join(parent, state === "used" ? "used" : String(round))
      if (kind === "state" || state === "stale") mkdirSync(folder, { recursive: true })
      // A number that no process has.
      if (state === "stale") writeFileSync(join(folder, earlierLock[kind]), "4194999 1234")
      // Time for the question to arrive.
      const at = performance.timeOrigin + performance.now() + 4
      const answers = await Promise.all(children.map((child) => ask(child, { open: folder, kind, at })))
      const told = answers.filter((it) => "owner" in it)
      played.push({
        state,
        owners: told.filter((it) => it.owner).length,
        refusals: told.filter((it) => !it.owner).map((it) => it.said)
      })
      await Promise.all(children.map((child) => ask(child, { release: true })))
      if (state !== "used") rmSync(folder, { recursive: true })
    }
    return played
  } finally {
    for (const child of children) child.kill("SIGKILL")
    rmSync(parent, { recursive: true, force: true })
  }
}
