/** Everything a machine can say about the code without running it: all steps side by side, failures shown in full. */
import { spawn } from "node:child_process"
import { root, toolEnv } from "./lib/tree.ts"
import { svelteCheck, svelteKit, web } from "./web/tools.ts"

interface Step {
  readonly name: string
  readonly program: string
  readonly args: ReadonlyArray<string>
  readonly cwd?: string
}

const step = (name: string, program: string, ...args: ReadonlyArray<string>): Step => ({ name, program, args })

/** Writes the types of the web client's routes, which most other steps read. */
const routesStep: Step = { ...step("routes", process.execPath, svelteKit, "sync"), cwd: web }

const effectDiagnostics = ["diagnostics", "--strict", "--severity", "error,warning", "--format", "text"]

const steps: ReadonlyArray<Step> = [
  step("format", "biome", "format", "--reporter=summary"),
  step("lint", "oxlint", "--type-aware", "--format=agent"),
  step("types", "tsc", "-b"),
  { ...step("templates", process.execPath, ...svelteCheck), cwd: web },
  step("service worker", "tsc", "-p", "packages/web/src/service-worker"),
  step("effects", "effect-tsgo", ...effectDiagnostics, "--project", "tsconfig.effect.json"),
  step("proto", "buf", "lint"),
  step("generated code", process.execPath, "scripts/codegen.ts", "--check"),
  step("lock file", process.execPath, "scripts/lockfile.ts", "--check")
]

/** Reads the declarations that the step of the types makes. */
const apiStep = step("what packages export", process.execPath, "scripts/publish/apiReport.ts", "--check")

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

const run = ({ name, program, args, cwd = root }: Step): Promise<boolean> =>
  new Promise((done) => {
    const started = performance.now()
    const env = { ...toolEnv(), ...(process.stdout.isTTY && { FORCE_COLOR: "1" }) }
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
    const output: Array<Buffer> = []
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk))
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk))
    child.on("error", (error) => output.push(Buffer.from(`${error.message}\n`)))
    child.on("close", (code) => {
      const passed = code === 0
      console.log(`${passed ? "ok    " : "FAILED"} ${name} (${seconds(started)})`)
      if (!passed) process.stdout.write(Buffer.concat(output))
      done(passed)
    })
  })

const started = performance.now()
const results = [await run(routesStep), ...(await Promise.all(steps.map(run))), await run(apiStep)]
const failed = results.filter((passed) => !passed).length
console.log(
  failed === 0 ? `All checks passed in ${seconds(started)}.` : `${failed} of ${results.length} checks failed.`
)
process.exitCode = failed === 0 ? 0 : 1
