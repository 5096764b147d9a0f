/** The command `galaxy-conformance`: reads its arguments, runs the suite and decides the exit code. */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Effect } from "effect"
import { readPlan, usage } from "./plan.ts"
import { runSuite } from "./suite.ts"

/** Ends the engines before the process ends. A second signal ends the process at once. */
const interrupted = (): AbortSignal => {
  const controller = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort())
  return controller.signal
}

/** Runs the command in `cwd` and returns its exit code: 0, 1 or 2 as `usage` says, and 130 after an interruption. */
export const main = async (args: ReadonlyArray<string>, cwd: string): Promise<number> => {
  const plan = readPlan(args, cwd, (file) => readFileSync(resolve(cwd, file), "utf8"))
  if (plan === "help") {
    process.stdout.write(usage)
    return 0
  }
  if ("problem" in plan) {
    process.stderr.write(`galaxy-conformance: ${plan.problem}\n\n${usage}`)
    return 2
  }
  const signal = interrupted()
  const passed = Effect.runPromise(
    runSuite(plan, (line) => console.log(line)),
    { signal }
  )
  return passed.then(
    (it) => (it ? 0 : 1),
    (error: unknown) => {
      if (!signal.aborted) throw error
      return 130
    }
  )
}
