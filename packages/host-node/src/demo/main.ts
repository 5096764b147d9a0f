/**
 * `npm run demo`: the whole platform on free ports and a temporary folder, two players, some turns, and out.
 *
 * Exit code 0 when everything worked as promised and in time, 1 with the reason when it didn't, 2 for wrong arguments.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Cause, Effect, Exit, Layer } from "effect"
import * as AllInOne from "../all-in-one/AllInOne.ts"
import * as JsonLog from "../logging/JsonLog.ts"
import { Platform } from "../processes/Platform.ts"
import * as Progress from "./Progress.ts"
import { play, turns } from "./scenario.ts"

const print = (line: string) => void process.stdout.write(`${line}\n`)

const [argument] = process.argv.slice(2)
if (argument !== undefined) {
  const asked = argument === "--help"
  const usage = `npm run demo: two players sign in and finish ${turns} turns of a game on a platform of their own.\nIt takes no arguments and leaves nothing behind.\n`
  ;(asked ? process.stdout : process.stderr).write(asked ? usage : `unknown argument "${argument}"\n${usage}`)
  process.exit(asked ? 0 : 2)
}

const number = (value: number) => value.toFixed(2)

const folder = mkdtempSync(join(tmpdir(), "galaxy-demo-"))
const logFile = join(folder, "demo.log")
const started = performance.now()
const progress = Progress.make(print)

print(`Galaxy demo: two players, one game, ${turns} turns\n`)

const demo = Effect.gen(function* () {
  const platform = yield* progress.step("The platform starts", Platform, (it) => it.gatewayUrl)
  return yield* play(progress, platform)
}).pipe(
  Effect.provide(
    AllInOne.layer(AllInOne.onFreePorts(folder)).pipe(
      Layer.provideMerge(JsonLog.layer({ level: "warn", target: { file: logFile } }))
    )
  ),
  Effect.timeoutOrElse({
    duration: "5 minutes",
    orElse: () => Effect.die(new Error("the demo took longer than 5 minutes"))
  })
)

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
