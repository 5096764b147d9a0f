/** Operators: after all of it, `galaxy-admin doctor` finds nothing that anybody must do something about. */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { root } from "../../scripts/lib/tree.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

/** Runs the command line from its sources, with an administrator's name and password in its environment. */
const galaxyAdmin = (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  Effect.callback<{ readonly code: number; readonly said: string }>((resume) => {
    const program = ["--conditions=@galaxy/source", "--disable-warning=ExperimentalWarning"]
    const child = execFile(
      process.execPath,
      [...program, join(root, "packages/host-cli/src/bin.ts"), ...args],
      { env: { ...process.env, ...env }, timeout: 60_000 },
      (error, stdout, stderr) => resume(Effect.succeed({ code: Number(error?.code ?? 0), said: stdout + stderr }))
    )
    return Effect.sync(() => child.kill())
  })

export const operators: Scenario = {
  shows: "operators: galaxy-admin finds the platform well after everything that was done to it",
  story: Effect.gen(function* () {
    const { backends, bootstrap } = yield* Stack
    for (const backend of backends) {
      const env = {
        GALAXY_ADMIN_SERVER: backend.url,
        GALAXY_ADMIN_USER: bootstrap.user,
        GALAXY_ADMIN_PASSWORD: bootstrap.password
      }
      const { code, said } = yield* galaxyAdmin(env, "doctor")
      assert.strictEqual(code, 0, said)
      assert.match(said, /ok +The images of all enabled engine versions are there/)
    }
  })
}
