/** The conformance suite on the program that `npm run conformance` was given. */
import { engineConformance } from "@galaxy/testkit/engine/conformance"
import { engineProgram } from "@galaxy/testkit/engine/program"
import { type Plan, planVariable } from "./plan.ts"
import { validOrder } from "./samples.ts"

const { program, args, cwd, samples, options } = JSON.parse(process.env[planVariable] ?? "") as Plan

engineConformance({
  name: [program, ...args].join(" "),
  ...engineProgram(program, args, cwd),
  validOrder: (report, number) => validOrder(samples, report, number),
  refusedOrder: samples.refused,
  ...(options === undefined ? {} : { options })
})
