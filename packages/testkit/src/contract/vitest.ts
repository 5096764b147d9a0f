/** Registers contract suites with vitest. Other runners need no more than a loop over the cases. */
import { describe, it } from "@effect/vitest"
import type { Case } from "./Case.ts"

/** Cases have a deadline of their own, which comes first. */
const timeoutMs = 120_000

/** Registers the cases under a name. */
export const contract = (name: string, cases: ReadonlyArray<Case>): void => {
  // oxlint-disable-next-line vitest/valid-title -- a name
  describe(name, () => {
    for (const { name: title, run } of cases) {
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- a case asserts, and has a name
      it(title, run, timeoutMs)
    }
  })
}
