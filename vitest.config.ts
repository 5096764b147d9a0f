import { defineConfig } from "vitest/config"
import { compileCache } from "./scripts/lib/compileCache.ts"

/** `npm run nightly` runs the slow variants alone; `npm test` everything else. */
const nightly = process.env["GALAXY_NIGHTLY"] === "1"

export default defineConfig({
  ssr: { resolve: { conditions: ["@galaxy/source"] } },
  test: {
    include: nightly
      ? ["packages/*/test/**/*.nightly.test.ts", "scripts/**/*.nightly.test.ts", "integration/**/*.nightly.test.ts"]
      : ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts", "integration/**/*.test.ts"],
    exclude: ["**/node_modules/**", ...(nightly ? [] : ["**/*.nightly.test.ts"])],
    // For a machine that is busy with other things: only what hangs is cut off.
    testTimeout: nightly ? 900_000 : 300_000,
    hookTimeout: 180_000,
    // Much of a test is waiting for other processes, so two at once take half the time even on two cores.
    maxWorkers: nightly ? 1 : 2,
    // The files of a worker share their modules: loading them anew takes longer than what most files test. What is measured
    // at night gets a process of its own.
    isolate: nightly,
    env: { NODE_OPTIONS: "--conditions=@galaxy/source", NODE_COMPILE_CACHE: compileCache },
    // Optimizing the embedded database takes longer than what most files ask of it; only what runs for long is optimized.
    execArgv: ["--conditions=@galaxy/source", "--wasm-tiering-budget=1000000000"]
  }
})
