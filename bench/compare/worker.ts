/** The works of one tree in a process of its own, each done when the parent asks for it. */
import { createHash } from "node:crypto"
import type { Work } from "./Work.ts"
import { worksOf } from "./works.ts"

/** What a worker is asked to do: one work, `times` times in a row. */
export interface Task {
  readonly work: number
  readonly times: number
}

/** What it answers: milliseconds of one time, and a digest of the last result. */
export interface Answer {
  readonly ms: number
  readonly digest: string
}

const [tree = "."] = process.argv.slice(2)
const { works, end } = await worksOf(tree)
const built: Array<Promise<Work> | undefined> = []

/** Milliseconds of processor time that this process has used: what else the machine does isn't counted. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

const run = async ({ work, times }: Task): Promise<Answer> => {
  const it = await (built[work] ??= works[work]?.build())
  const now = it?.elsewhere === true ? () => performance.now() : cpuMs
  let ms = 0
  let result: unknown
  for (let time = 0; time < times; time++) {
    await it?.prepare?.()
    const started = now()
    const once = it?.once()
    result = once instanceof Promise ? await once : once
    ms += now() - started
  }
  return {
    ms: ms / times,
    digest: createHash("sha256")
      .update(it?.text(result) ?? "")
      .digest("hex")
  }
}

process.on("message", (task: Task) => void run(task).then((answer) => process.send?.(answer)))
process.once("disconnect", () => void end().finally(() => process.exit()))
process.send?.(works.map((it) => it.name))
