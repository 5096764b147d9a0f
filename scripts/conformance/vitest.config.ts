/** Only the suite, told briefly: what the engine and the suite log is no result, and stacks lead into the suite. */
import { resolve } from "node:path"
import { defineConfig } from "vitest/config"

const root = resolve(import.meta.dirname, "../..")

export default defineConfig({
  root,
  ssr: { resolve: { conditions: ["@galaxy/source"] } },
  test: {
    include: ["scripts/conformance/suite.ts"],
    silent: true,
    printConsoleTrace: false,
    onStackTrace: () => false,
    reporters: ["tree"],
    execArgv: ["--conditions=@galaxy/source"]
  }
})
