/** `npm run conformance`: runs the conformance suite on any program that claims to be an engine. */
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { planVariable, readPlan, usage } from "./conformance/plan.ts"
import { root, toolEnv } from "./lib/tree.ts"

const cwd = process.env["INIT_CWD"] ?? process.cwd()
const plan = readPlan(process.argv.slice(2), cwd, (file) => readFileSync(resolve(cwd, file), "utf8"))

if (plan === "help") process.stdout.write(usage)
else if ("problem" in plan) {
  process.stderr.write(`conformance: ${plan.problem}\n\n${usage}`)
  process.exitCode = 2
} else {
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      "--config",
      join(root, "scripts/conformance/vitest.config.ts")
    ],
    { cwd: root, stdio: "inherit", env: { ...toolEnv(), [planVariable]: JSON.stringify(plan) } }
  )
  child.on("error", (error) => {
    process.stderr.write(`vitest can't be run: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on("exit", (code) => (process.exitCode = code === 0 ? 0 : 1))
}
