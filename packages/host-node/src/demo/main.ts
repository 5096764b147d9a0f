/**
 * `npm run demo`: the whole platform on free ports and a temporary folder, two players, some turns, and out. Or the same
 * story on a running platform.
 *
 * Exit code 0 when everything worked as promised and in time, 1 with the reason when it didn't, 2 for wrong arguments.
 */
import { randomBytes } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Cause, Effect, Exit, Layer } from "effect"
import * as AllInOne from "../all-in-one/AllInOne.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import { Platform } from "../processes/Platform.ts"
import { asked, usage } from "./arguments.ts"
import type { DemoTarget } from "./Player.ts"
import * as Progress from "./Progress.ts"
import { play, turns } from "./scenario.ts"

const print = (line: string) => void process.stdout.write(`${line}\n`)

const wanted = asked(process.argv.slice(2), process.env)
if (wanted.kind === "help") {
  process.stdout.write(usage)
  process.exit(0)
}
if (wanted.kind === "wrong") {
  process.stderr.write(`${wanted.problem}\n${usage}`)
  process.exit(2)
}
const { target } = wanted

const number = (value: number) => value.toFixed(2)

const started = performance.now()
const progress = Progress.make(print)

print(`Galaxy demo: two players, one game, ${turns} turns\n`)

const folder = mkdtempSync(join(tmpdir(), "galaxy-demo-"))

const onPlatformIn = (data: string) =>
  Effect.gen(function* () {
    const platform = yield* progress.step("The platform starts", Platform, (it) => it.gatewayUrl)
    return yield* play(progress, platform)
  }).pipe(
    Effect.provide(
      AllInOne.layer(AllInOne.onFreePorts(data)).pipe(
        Layer.provideMerge(JsonLog.layer({ level: "warn", target: { file: join(data, "demo.log") } }))
      )
    )
  )

/** With names that nobody has there. */
const onRunning = (platform: DemoTarget) => play(progress, platform, `-${randomBytes(3).toString("hex")}`)

const within = <A, E>(story: Effect.Effect<A, E>) =>
  Effect.timeoutOrElse(story, {
    duration: "5 minutes",
    orElse: () => Effect.die(new Error("the demo took longer than 5 minutes"))
  })
const demo = target === undefined ? within(onPlatformIn(folder)) : within(onRunning(target))

const exit = await Effect.runPromiseExit(demo)
rmSync(folder, { recursive: true, force: true })

if (Exit.isSuccess(exit)) {
  print("")
  print(
    Progress.table(
      ["turn", "race", "planets", "population", "industry", "ships", "drive"],
      exit.value.map((it) => [
        String(it.turn),
        it.race,
        String(it.planets),
        number(it.population),
        number(it.industry),
        String(it.ships),
        number(it.drive)
      ])
    )
  )
  print(`\n${progress.steps.length} steps in ${((performance.now() - started) / 1000).toFixed(1)} s: all as promised.`)
} else {
  print(`\nThe demo failed: ${Cause.pretty(exit.cause)}`)
  process.exitCode = 1
}
