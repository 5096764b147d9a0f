/**
 * Everything: the tests of `npm test` on both databases and in all looks, and those that take too long for every change
 * (`*.nightly.test.ts`), with the same services. With arguments, only the latter, narrowed to them.
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { root } from "./lib/tree.ts"

const args = process.argv.slice(2)

const run = (environment: Readonly<Record<string, string>>): number =>
  spawnSync(process.execPath, [join(root, "scripts/test.ts"), ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment }
  }).status ?? 1

const whole = { GALAXY_TEST_DATABASES: "both", GALAXY_TEST_LOOKS: "four" }
const usual = args.length > 0 ? 0 : run(whole)
const slow = run({ ...whole, GALAXY_NIGHTLY: "1" })
process.exitCode = Math.max(usual, slow)
