/** The platform as a whole: its images in containers, played on from outside. */
import { layer } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { dockerForTests } from "./docker.ts"
import { scenarios } from "./scenarios/scenarios.ts"
import * as platform from "./stack/layer.ts"
import { Reports } from "./stack/report.ts"

const env = dockerForTests("the integration suite")

describe.skipIf(env === undefined)("the platform in containers", () => {
  layer(platform.layer(env ?? {}), { timeout: "10 minutes", excludeTestServices: true })((it) => {
    for (const { shows, story } of scenarios) {
      it.effect(shows, () => Effect.flatMap(Reports, (reports) => reports.of(shows, story)), 240_000)
    }
  })
})
