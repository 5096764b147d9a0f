/**
 * `npm run bench -- compare TREE`: how much faster the engine of this tree is than that of another one.
 *
 * Each tree has a process of its own. They take turns at every measurement, so that a machine that is busy with other
 * things slows both; medians are compared. Times are processor times, except for works that other processes do. Whether both came to the same result is shown too.
 */
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { median } from "./measure.ts"
import type { Answer, Task } from "./compare/worker.ts"

const here = fileURLToPath(new URL("..", import.meta.url))
const worker = fileURLToPath(new URL("compare/worker.ts", import.meta.url))

const warmUpMs = 2_000
const rounds = 31
/** A measurement lasts about this long, by repeating short works. */
const roundMs = 30

const start = async (tree: string) => {
  const child = fork(worker, [tree], { cwd: tree })
  const [names] = (await once(child, "message")) as [ReadonlyArray<string>]
  return { child, names }
}

const ask = async (child: ChildProcess, task: Task): Promise<Answer> => {
  child.send(task)
  const [answer] = (await once(child, "message")) as [Answer]
  return answer
}

/** Both do a work equally often, since a game goes on with every turn. Returns milliseconds of the slower one. */
const warmUp = async (children: ReadonlyArray<ChildProcess>, work: number): Promise<number> => {
  const started = performance.now()
  let slower = 0
  while (performance.now() - started < warmUpMs) {
    slower = 0
    for (const child of children) slower = Math.max(slower, (await ask(child, { work, times: 1 })).ms)
  }
  return slower
}

const ms = (value: number): string => `${value.toFixed(2)} ms`.padStart(11)

/** Prints a line for each work whose name contains `only`. */
export const compare = async (other: string, only = ""): Promise<void> => {
  const before = await start(resolve(other))
  const after = await start(here)
  console.log(
    `Medians of ${rounds} measurements; the factor is how often this tree does it while the other does it once.`
  )
  console.log(`  ${"".padEnd(50)}${"that".padStart(11)}${"this".padStart(11)}   factor   result`)
  for (const [work, name] of after.names.entries()) {
    if (!name.includes(only)) continue
    const slower = await warmUp([before.child, after.child], work)
    const times = Math.max(1, Math.round(roundMs / slower))
    const that: Array<number> = []
    const own: Array<number> = []
    let same = true
    for (let round = 0; round < rounds; round++) {
      const one = await ask(before.child, { work, times })
      const two = await ask(after.child, { work, times })
      that.push(one.ms)
      own.push(two.ms)
      same &&= one.digest === two.digest
    }
    const factor = median(that) / median(own)
    console.log(
      `  ${name.padEnd(50)}${ms(median(that))}${ms(median(own))}   ${factor.toFixed(2).padStart(6)}   ${same ? "the same" : "differs"}`
    )
  }
  for (const { child } of [before, after]) {
    child.disconnect()
    await once(child, "exit")
  }
}

/** Whether a folder is a tree of this repository. */
export const isTree = (folder: string): boolean => existsSync(resolve(folder, "packages/engine/src/turn/makeTurn.ts"))
