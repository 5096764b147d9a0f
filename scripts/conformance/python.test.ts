/** The engine in Python of the examples passes the conformance suite, as `npm run conformance` runs it. */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { engineConformance } from "@galaxy/testkit/engine/conformance"
import { engineProgram } from "@galaxy/testkit/engine/program"
import { describe } from "vitest"
import { root } from "../lib/tree.ts"
import { parseSamples, validOrder } from "./samples.ts"

const folder = join(root, "examples/engine-python")
const samples = parseSamples(readFileSync(join(folder, "samples.json"), "utf8"))
// Without files of its own beside the sources.
process.env["PYTHONDONTWRITEBYTECODE"] = "1"

const there = spawnSync("python3", ["--version"]).status === 0
if (!there) {
  if (process.env["CI"]) throw new Error("In CI nothing is skipped: there is no python3")
  console.log("skipped: the conformance of the engine in Python (there is no python3)")
}

describe.runIf(there)("an engine in another language", () => {
  engineConformance({
    name: "the example in Python",
    ...engineProgram("python3", [join(folder, "main.py")], folder),
    validOrder: (report, number) => validOrder(samples, report, number),
    refusedOrder: samples.refused
  })
})
