/**
 * `npm run play`: a game of Galaxy on this machine, out of one file and without a server.
 *
 * Standard output says what was done, standard error what is wrong. Exit codes: 0 done, 1 it can't be done, 2 the
 * command line is wrong.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { Cause, Effect, Exit, Layer } from "effect"
import { readCommand } from "./play/arguments.ts"
import { run } from "./play/commands.ts"
import { CannotPlay, WrongUsage } from "./play/failures.ts"

// Under npm, file names are relative to the folder where npm was started.
const startedIn = process.env["INIT_CWD"]
if (process.env["npm_lifecycle_event"] === "play" && startedIn !== undefined) process.chdir(startedIn)

const exit = await Effect.runPromiseExit(
  Effect.fromResult(readCommand(process.argv.slice(2))).pipe(
    Effect.flatMap(run),
    Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))
  )
)

// A reader that has seen enough, such as head, is no failure.
process.stdout.on("error", () => undefined)
if (Exit.isSuccess(exit)) process.stdout.write(exit.value)
else {
  const error = Cause.squash(exit.cause)
  const known = error instanceof CannotPlay || error instanceof WrongUsage
  process.stderr.write(`${known ? error.message : Cause.pretty(exit.cause)}\n`)
  process.exitCode = error instanceof WrongUsage ? 2 : 1
}
