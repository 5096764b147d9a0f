/**
 * Runs test files in a copy of the tree, one request after the other, with one Vitest that stays: what hasn't changed is
 * read and transformed once.
 *
 * A process of its own, with its workers: whoever started it ends all of them when a mutant never comes to an end.
 */
import { join } from "node:path"
import { createVitest } from "vitest/node"

export interface Request {
  /** Paths from the root of the copy, run in this order until one fails. */
  readonly tests: ReadonlyArray<string>
  /** The source file that is different from the original; the one of the request before is so no longer. */
  readonly changed: string
}

export type Answer =
  | { readonly type: "ready" }
  | { readonly type: "passed"; readonly count: number }
  | { readonly type: "failed"; readonly test: string }

const [tree = "", testTimeoutMs = ""] = process.argv.slice(2)
process.chdir(tree)
const vitest = await createVitest({
  root: tree,
  watch: false,
  bail: 1,
  maxWorkers: 1,
  testTimeout: Number(testTimeoutMs),
  reporters: [{}],
  // What tests and libraries print is nobody's concern here.
  silent: true,
  // Suites that run on each database run on the one that is quicker to set up.
  ...(process.env["GALAXY_TEST_DATABASE_URL"] ? { testNamePattern: /^(?!.*\bPGlite\b)/ } : {})
})
await vitest.standalone()

let before = ""

const answer = async ({ tests, changed }: Request): Promise<Answer> => {
  for (const file of new Set([before, changed])) vitest.invalidateFile(join(tree, file))
  before = changed
  let count = 0
  for (const test of tests) {
    const specification = vitest.getRootProject().createSpecification(join(tree, test))
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification])
    // Files of earlier requests are among them, as they then were.
    const module = testModules.find((it) => it.moduleId === specification.moduleId)
    if (module?.ok() !== true || unhandledErrors.length > 0) {
      const [name] = [...(module?.children.allTests("failed") ?? [])].map((it) => it.fullName)
      // Where no test has failed, something around them has.
      const [problem] = [...(module?.errors() ?? []), ...unhandledErrors]
      const why = name ?? (problem instanceof Error ? problem.message : JSON.stringify(problem))
      return { type: "failed", test: `${test}: ${why}` }
    }
    count += [...module.children.allTests("passed")].length
  }
  return { type: "passed", count }
}

const send = (it: Answer): void => void process.send?.(it)

process.on("message", (request: Request) => {
  void answer(request).then(send, (error: unknown) => send({ type: "failed", test: String(error) }))
})
process.on("disconnect", () => process.exit())
send({ type: "ready" })
