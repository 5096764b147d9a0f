/** A vitest reporter that leaves the counts of a run in the file that GALAXY_TEST_COUNTS names. */
import { writeFileSync } from "node:fs"
import type { Reporter, TestModule } from "vitest/node"

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** A file that fails without a failed test (it did not load, or a hook broke) counts as one failure. */
export const count = (modules: ReadonlyArray<TestModule>): Counts => {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  for (const module of modules) {
    const failedBefore = counts.failed
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === "passed" || state === "failed") counts[state]++
      else counts.skipped++
    }
    if (module.state() === "failed" && counts.failed === failedBefore) counts.failed++
  }
  return counts
}

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const { passed, failed, skipped } = count(modules)
    const counts: Counts = { passed, failed: failed + unhandledErrors.length, skipped }
    const file = process.env["GALAXY_TEST_COUNTS"]
    if (file) writeFileSync(file, JSON.stringify(counts))
  }
}
