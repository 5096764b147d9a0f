/** Runs the command line in this process: Ctrl-C ends what is under way, and the exit code tells how it went. */
import { Effect, Exit, Fiber } from "effect"
import { nodeHost, outputLost } from "./host/nodeHost.ts"
import { run } from "./main.ts"

/** Exit code of a process that a signal has ended. */
const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Starts the command of this process's arguments, and ends the process with it. */
export const start = (): void => {
  const fiber = Effect.runFork(run(process.argv.slice(2), nodeHost()))
  let ended: number | undefined
  for (const [signal, code] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      // The second time somebody has waited long enough.
      if (ended !== undefined) process.exit(code)
      ended = code
      Effect.runFork(Fiber.interrupt(fiber))
    })
  }
  fiber.addObserver((exit) => {
    const code = ended ?? (Exit.isSuccess(exit) ? exit.value : 1)
    process.exit(code === 0 && outputLost() ? 1 : code)
  })
}
