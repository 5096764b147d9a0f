import { defineConfig } from "vitest/config"
import { compileCache } from "./scripts/lib/compileCache.ts"

/** `npm run nightly` runs the slow variants alone; `npm test` everything else. */
const nightly = process.env["GALAXY_NIGHTLY"] === "1"

const suffix = nightly ? "*.nightly.test.ts" : "*.test.ts"

/**
 * Docker's networks come and go with the tests of `integration`, and a browser gives up what it is loading whenever this
 * machine's networks change. So these tests run when all others have ended.
 */
const groups = [
  { name: "galaxy", folders: ["packages/*/test", "scripts", ...(nightly ? [] : ["examples"])] },
  { name: "integration", folders: ["integration"] }
]

export default defineConfig({
  test: {
    projects: groups.map(({ folders, name }, groupOrder) => ({
      ssr: { resolve: { conditions: ["@galaxy/source"] } },
      test: {
        name,
        include: folders.map((it) => `${it}/**/${suffix}`),
        exclude: ["**/node_modules/**", ...(nightly ? [] : ["**/*.nightly.test.ts"])],
        sequence: { groupOrder },
        // For a machine that is busy with other things: only what hangs is cut off.
        testTimeout: nightly ? 900_000 : 300_000,
        hookTimeout: 180_000,
        // Much of a test is waiting for other processes, so two at once take half the time even on two cores.
        maxWorkers: nightly ? 1 : 2,
        // The files of a worker share their modules: loading them anew takes longer than what most files test. What is
        // measured at night gets a process of its own.
        isolate: nightly,
        env: { NODE_OPTIONS: "--conditions=@galaxy/source", NODE_COMPILE_CACHE: compileCache },
        // Optimizing the embedded database takes longer than what most files ask of it; only what runs for long is optimized.
        execArgv: ["--conditions=@galaxy/source", "--wasm-tiering-budget=1000000000"]
      }
    }))
  }
})
