/** The suite of docs/guides/write-your-own-engine.md, run on the built-in engine as a process. */
import { engineConformance } from "@galaxy/testkit/engine/conformance"
import { engineProgram } from "@galaxy/testkit/engine/program"
import { bundled } from "../../../../scripts/lib/bundled.ts"

const program = process.execPath
const args = [bundled("engine/main")]

engineConformance({
  name: "the built-in engine",
  ...engineProgram(program, args),
  // Each number another order; all of them are valid together.
  validOrder: (report, number) => {
    const planets = report["my_planets"] as ReadonlyArray<{ readonly number: number }>
    return { op: "rename_planet", planet: planets[0]?.number, name: `Name_${number}` }
  },
  refusedOrder: { op: "vote", race: "nobody at all" }
})
