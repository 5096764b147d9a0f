import { release } from "@galaxy/contract/release"
import { operations } from "galaxy-admin/operations/operations"
import type { Operation } from "galaxy-admin/operations/types"
import { expect, it } from "vitest"
import { cli, type Surroundings } from "./cli.ts"
import { exampleOf } from "./examples.ts"
import { present, sampleServer } from "./samples.ts"

const names = Object.keys(operations) as ReadonlyArray<Operation>

const ways: ReadonlyArray<readonly [string, ReadonlyArray<string>, Partial<Surroundings>]> = [
  ["text, 80 columns", [], { columns: 80 }],
  ["text, 120 columns", [], { columns: 120 }],
  ["text, piped", [], {}],
  ["json", ["-o", "json"], {}],
  ["stream-json", ["-o", "stream-json"], {}]
]

const nouns = [...new Set(names.map((it) => operations[it].path[0]))]

it.each(nouns)("output of %s is what it was", async (noun) => {
  const written: Array<string> = []
  for (const operation of names.filter((it) => operations[it].path[0] === noun)) {
    const args = exampleOf(operation)
    for (const [way, more, around] of ways) {
      const ran = await cli([...args, ...more, "--no-color"], {
        fetch: sampleServer,
        input: "a long password\n",
        now: present,
        ...around
      })
      const told = ran.stderr === "" ? "" : `--- standard error\n${ran.stderr}`
      written.push(`### ${args.join(" ")} (${way}), exit ${ran.code}\n${ran.stdout}${told}`)
    }
  }
  // Raising the version changes nothing here.
  await expect(
    written.join("\n").replaceAll(`command line of ${release}.`, "command line of this release.")
  ).toMatchFileSnapshot(`golden/${noun}.txt`)
})
