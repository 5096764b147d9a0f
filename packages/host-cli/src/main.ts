/** A whole run of the command line: parse, do, report, exit code. Everything outside of it comes by `Host`. */
import { release } from "@galaxy/contract/release"
import { Cause, Effect, FileSystem, Layer, Path, Stdio, Terminal } from "effect"
import { CliError, CliOutput, Command } from "effect/cli"
import { ChildProcessSpawner } from "effect/process"
import { exitCodeOf, type Failure } from "./failures.ts"
import { formatOf } from "./globals.ts"
import { Host, type HostShape } from "./host/Host.ts"
import { Closing } from "./output/closing.ts"
import { errorDocument, rendered } from "./output/errors.ts"
import { jsonText } from "./output/safe.ts"
import { builtIns } from "./tree/builtIns.ts"
import { presenter } from "./tree/presenter.ts"
import { Tree } from "./tree/Tree.ts"
import { tree } from "./tree/build.ts"

/** The parser asks for these, and our commands use none of them: files, streams and programs are the host's. */
const unused = Layer.mergeAll(
  FileSystem.layerNoop({}),
  Path.layer,
  Stdio.layerTest({}),
  Layer.succeed(
    Terminal.Terminal,
    Terminal.make({
      columns: Effect.succeed(80),
      rows: Effect.succeed(24),
      size: Effect.die("unused"),
      readInput: Effect.die("unused"),
      readLine: Effect.die("unused"),
      display: () => Effect.void
    })
  ),
  Layer.succeed(
    ChildProcessSpawner.ChildProcessSpawner,
    ChildProcessSpawner.make(() => Effect.die("unused"))
  )
)

/** Runs a command line and returns its exit code. What went wrong has been written to standard error. */
export const run = (args: ReadonlyArray<string>, host: HostShape): Effect.Effect<number> => {
  const format = formatOf(args, host.env) ?? "text"
  const closing = { written: false }
  const failed = (failure: Failure) =>
    Effect.gen(function* () {
      if (format === "stream-json" && !closing.written) {
        yield* host.stdout.write(`${jsonText({ type: "error", data: errorDocument(failure) })}\n`)
      }
      yield* host.stderr.write(rendered(failure, format))
      return exitCodeOf(failure)
    })
  const root = tree()
  const program = Command.runWith(root, { version: release })(args) as Effect.Effect<void, Failure | CliError.CliError>
  return program.pipe(
    Effect.as(0),
    Effect.catch((failure) => {
      if (!CliError.isCliError(failure)) return failed(failure)
      return Effect.succeed(failure._tag === "ShowHelp" && failure.errors.length === 0 ? 0 : 64)
    }),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause)
        : Effect.as(host.stderr.write(`A fault of galaxy-admin ${release}:\n${Cause.pretty(cause)}\n`), 1)
    ),
    Effect.provideService(Host, host),
    Effect.provideService(Closing, closing),
    Effect.provide(
      Layer.mergeAll(
        unused,
        Layer.succeed(Tree, root),
        builtIns,
        CliOutput.layerPresenter(presenter(host, format, args))
      )
    )
  )
}
