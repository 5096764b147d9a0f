/** Everything a machine can say about the code without running it: all steps side by side, failures shown in full. */
import { spawn } from "node:child_process"
import { root, toolEnv } from "./lib/tree.ts"

interface Step {
  readonly name: string
  readonly command: readonly [string, ...ReadonlyArray<string>]
}

const steps: ReadonlyArray<Step> = [
  { name: "format", command: ["biome", "format", "--reporter=summary"] },
  { name: "lint", command: ["oxlint", "--type-aware", "--format=agent"] },
  { name: "types", command: ["tsc", "-b"] },
  { name: "effects", command: ["effect-tsgo", "diagnostics", "--project", "tsconfig.effect.json", "--strict"] },
  { name: "proto", command: ["buf", "lint"] },
  { name: "generated code", command: [process.execPath, "scripts/codegen.ts", "--check"] },
  { name: "lock file", command: [process.execPath, "scripts/lockfile.ts", "--check"] }
]

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`

const run = ({ name, command: [program, ...args] }: Step): Promise<boolean> =>
  new Promise((done) => {
    const started = performance.now()
    const env = { ...toolEnv(), ...(process.stdout.isTTY && { FORCE_COLOR: "1" }) }
    const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] })
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
const results = await Promise.all(steps.map(run))
const failed = results.filter((passed) => !passed).length
console.log(failed === 0 ? `All checks passed in ${seconds(started)}.` : `${failed} of ${steps.length} checks failed.`)
process.exitCode = failed === 0 ? 0 : 1
