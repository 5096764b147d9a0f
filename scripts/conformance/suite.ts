/** The conformance suite on the program that `npm run conformance` was given. */
import { engineConformance } from "@galaxy/testkit/engine/conformance"
import { type Plan, planVariable } from "./plan.ts"
import { restartOf, startOf } from "./program.ts"
import { validOrder } from "./samples.ts"

const { program, samples, options } = JSON.parse(process.env[planVariable] ?? "") as Plan

engineConformance({
  name: program.command.join(" "),
  start: startOf(program),
  restart: restartOf(program),
  validOrder: (report, number) => validOrder(samples, report, number),
  refusedOrder: samples.refused,
  version: program.version,
  ...(options === undefined ? {} : { options })
})
