/**
 * `npm run mutation`: makes one small change after the other in what must not be wrong, and sees whether the tests notice.
 *
 * Works in copies of the tree below `.cache/`; the repository stays as it is. A change that is noticed by no test is a
 * survivor: it is told with its place, and is either a missing test or belongs among the known equivalents.
 */
import { fork, type ChildProcess } from "node:child_process"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { root, toolEnv } from "./lib/tree.ts"
import { copyTree } from "./mutation/copy.ts"
import { equivalents } from "./mutation/equivalents.ts"
import type { Answer, Request } from "./mutation/lane.ts"
import { applied, difference, type Mutant, mutantsOf } from "./mutation/mutants.ts"
import { sampled, shuffled } from "./mutation/sample.ts"
import { type Target, targets } from "./mutation/targets.ts"
import { needs } from "./services/needs.ts"
import { type Services, startServices } from "./services/start.ts"

const usage = `npm run mutation -- [options]
  --count N     how many mutants, drawn from all of them (300)
  --seed N      draws the same ones again (the present time)
  --only TEXT   only files whose path has this; may be given several times
  --lanes N     how many run at the same time (2)
  --list        tells the drawn mutants and runs none
Exits with 1 below a score of 85 %.
`
const wantedScore = 0.85
/** A machine that others use too may be this much slower than it was for the unchanged code. */
const slack = 3
const leastLimitMs = 30_000
/** Long, so that a busy machine kills no mutant: what never ends is ended by the limit of all tests of a file together. */
const testTimeoutMs = 120_000

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "300" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string", multiple: true, default: [] },
    lanes: { type: "string", default: "2" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const sources = new Map<string, string>()
const sourceOf = (file: string): string => {
  const known = sources.get(file)
  if (known !== undefined) return known
  const source = readFileSync(join(root, file), "utf8")
  sources.set(file, source)
  return source
}

/** Why a mutant can't be noticed, if it is a known one. */
const equivalent = (mutant: Mutant): string | undefined => {
  const { before, after } = difference(sourceOf(mutant.file), mutant)
  return equivalents.find((it) => it.file === mutant.file && it.before === before && it.after === after)?.why
}

/** A copy of the tree and the process that runs tests in it. */
class Lane {
  private child: ChildProcess | undefined
  readonly tree: string
  readonly environment: NodeJS.ProcessEnv

  constructor(tree: string, environment: NodeJS.ProcessEnv) {
    this.tree = tree
    this.environment = environment
  }

  /** Answers what came of it, and "late" when nothing did in time; then everything it started is ended. */
  async run(request: Request, limitMs: number): Promise<Answer | "late"> {
    this.child ??= await this.started()
    const child = this.child
    const answer = await new Promise<Answer | "late">((done) => {
      const timer = setTimeout(() => done("late"), limitMs)
      const finish = (it: Answer | "late") => {
        clearTimeout(timer)
        child.off("message", finish).off("exit", ended)
        done(it)
      }
      const ended = () => finish({ type: "failed", test: "the process of the tests ended" })
      child.on("message", finish).on("exit", ended)
      child.send(request)
    })
    if (answer === "late" || child.exitCode !== null) this.end()
    return answer
  }

  end(): void {
    const pid = this.child?.pid
    this.child = undefined
    if (pid === undefined) return
    try {
      // With its workers: they are of its group.
      process.kill(-pid, "SIGKILL")
    } catch {
      // They have ended by themselves.
    }
  }

  private started(): Promise<ChildProcess> {
    return new Promise((done, failed) => {
      const child = fork(join(root, "scripts/mutation/lane.ts"), [this.tree, String(testTimeoutMs)], {
        cwd: this.tree,
        detached: true,
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        env: this.environment
      })
      child.once("message", () => done(child))
      child.once("exit", () => failed(new Error("Vitest could not be started in the copy of the tree")))
    })
  }
}

type Verdict = "killed" | "late" | "survived"

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const told = (mutant: Mutant): string => {
  const { before, after } = difference(sourceOf(mutant.file), mutant)
  return `${mutant.file}:${mutant.line} ${mutant.kind}\n    - ${before}\n    + ${after}`
}

const measured = async (lane: Lane, { source, tests }: Target): Promise<number> => {
  const begun = performance.now()
  const unchanged = await lane.run({ tests, changed: source }, 600_000)
  if (unchanged === "late" || unchanged.type !== "passed" || unchanged.count === 0) {
    const by = unchanged !== "late" && unchanged.type === "failed" ? unchanged.test : tests.join(", ")
    throw new Error(`The tests of ${source} have to pass before it is changed: ${by}`)
  }
  const tookMs = performance.now() - begun
  console.log(`${unchanged.count} tests of ${source} pass in ${seconds(tookMs)}`)
  return tookMs
}

/** How long the tests of each list take on unchanged code. */
const durations = new Map<string, Promise<number>>()

/** Sees that the tests of a target pass before anything is changed, once for each list of tests, and how long they take. */
const durationOf = (lane: Lane, target: Target): Promise<number> => {
  const key = target.tests.join(" ")
  // Once more where they fail: a busy machine may have been too slow.
  const duration = durations.get(key) ?? measured(lane, target).catch(() => measured(lane, target))
  durations.set(key, duration)
  return duration
}

/** Runs a target's tests on one of its mutants, after having seen that they pass without. */
const judge = async (lane: Lane, target: Target, mutant: Mutant): Promise<{ verdict: Verdict; by: string }> => {
  const { source, tests } = target
  const original = sourceOf(source)
  const file = join(lane.tree, source)
  const limitMs = Math.max(leastLimitMs, slack * (await durationOf(lane, target)))
  try {
    writeFileSync(file, applied(original, mutant))
    const answer = await lane.run({ tests, changed: source }, limitMs)
    if (answer === "late") return { verdict: "late", by: `nothing within ${seconds(limitMs)}` }
    return answer.type === "failed" ? { verdict: "killed", by: answer.test } : { verdict: "survived", by: "" }
  } finally {
    writeFileSync(file, original)
  }
}

const environmentOf = async (): Promise<{ environment: NodeJS.ProcessEnv; services: Services | undefined }> => {
  const environment: NodeJS.ProcessEnv = { ...toolEnv() }
  for (const { name, variable, find } of needs) {
    if (name !== "PostgreSQL") continue
    const found = await find()
    if ("at" in found) environment[variable] = found.at
    else if ("start" in found) {
      const services = await startServices([found.start])
      environment[variable] = services.urls[found.start]
      return { environment, services }
    } else console.log(`${name} tests are left out (${found.missing}): more will survive`)
  }
  return { environment, services: undefined }
}

const main = async (): Promise<number> => {
  const seed = Number(values.seed)
  const chosen = targets.filter(
    ({ source }) => values.only.length === 0 || values.only.some((it) => source.includes(it))
  )
  const all = chosen.flatMap(({ source }) => mutantsOf(source, sourceOf(source)))
  const known = all.filter((it) => equivalent(it) !== undefined)
  const drawn = sampled(
    all.filter((it) => !known.includes(it)),
    Number(values.count),
    seed
  )
  console.log(`${all.length} mutants of ${chosen.length} files, ${known.length} known to be equivalent`)
  console.log(`${drawn.length} of them drawn with --seed ${seed}`)
  if (values.list) {
    for (const mutant of drawn) console.log(told(mutant))
    return 0
  }
  const { environment, services } = await environmentOf()
  const folder = join(root, ".cache/mutation", String(process.pid))
  const lanes = Array.from({ length: Number(values.lanes) }, (_, index) => {
    const tree = join(folder, String(index))
    copyTree(tree)
    return new Lane(tree, environment)
  })
  const leave = async () => {
    for (const lane of lanes) lane.end()
    rmSync(folder, { recursive: true, force: true })
    await services?.stop()
  }

  const verdicts: Record<Verdict, number> = { killed: 0, late: 0, survived: 0 }
  const survivors: Array<Mutant> = []
  /** Of files whose tests failed without any change. */
  const unjudged: Array<Mutant> = []
  const begun = performance.now()
  const judged = () => verdicts.killed + verdicts.late + verdicts.survived
  const score = () => (judged() === 0 ? 1 : (verdicts.killed + verdicts.late) / judged())
  const conclude = () => {
    if (survivors.length > 0) console.log(`\nSurvivors:\n${survivors.map((it) => `  ${told(it)}`).join("\n")}`)
    console.log(
      `\n${judged()} of ${drawn.length} mutants in ${seconds(performance.now() - begun)} with --seed ${seed}: ` +
        `${verdicts.killed} killed, ${verdicts.late} never ended, ${verdicts.survived} survived; ` +
        `score ${(score() * 100).toFixed(1)} %`
    )
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      conclude()
      void leave().finally(() => process.exit(130))
    })
  }

  const work = shuffled(drawn, seed)
  try {
    await Promise.all(
      lanes.map(async (lane) => {
        for (let mutant = work.pop(); mutant !== undefined; mutant = work.pop()) {
          const { file } = mutant
          const target = chosen.find(({ source }) => source === file)
          if (target === undefined) continue
          const judgement = await judge(lane, target, mutant).catch((error: unknown) => {
            console.error(error instanceof Error ? error.message : error)
          })
          if (judgement === undefined) {
            unjudged.push(mutant)
            continue
          }
          const { verdict, by } = judgement
          verdicts[verdict]++
          if (verdict === "survived") survivors.push(mutant)
          console.log(`[${judged()}/${drawn.length}] ${verdict}${by === "" ? "" : ` by ${by}`}: ${told(mutant)}`)
        }
      })
    )
  } finally {
    await leave()
  }
  conclude()
  if (unjudged.length > 0) console.error(`${unjudged.length} could not be judged: their tests fail on unchanged code`)
  return score() >= wantedScore && unjudged.length === 0 ? 0 : 1
}

if (values.help) console.log(usage)
else process.exitCode = await main()
process.exit()
