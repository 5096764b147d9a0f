/** Waits until a process in a container serves, and tells what stood in its way if it never does. */
import type Dockerode from "dockerode"
import { Effect, Option, Schedule } from "effect"
import { logOf } from "./logOf.ts"
import { failed, StackFailed } from "./StackFailed.ts"

/** Starts of a platform on a machine that is busy with other things take minutes; only what hangs is cut off. */
const patience = "240 seconds"

/** Lines of a log that a failure quotes. */
const quotedLines = 5

/** What a process says of itself, or why it says nothing. */
const readinessAt = (url: string) =>
  fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
    async (answer) => ({ isReady: answer.ok, said: `${answer.status} ${(await answer.text()).slice(0, 300)}` }),
    (cause: unknown) => ({ isReady: false, said: String(cause) })
  )

/**
 * Succeeds with the address on this machine as soon as `/readyz` at this port of the container says so. Fails at once with
 * a container that has ended for good. The address is looked up each time: it changes when a container starts again.
 */
export const untilServing = (container: Dockerode.Container, role: string, port: number) => {
  let said = "nothing"
  const givenUp = (why: string) =>
    Effect.promise(() => logOf(container, quotedLines).catch(String)).pipe(
      Effect.flatMap((log) =>
        Effect.fail(new StackFailed({ message: `${role} ${why}; /readyz said last: ${said}\n${log}` }))
      )
    )
  const look = Effect.tryPromise({
    try: async () => {
      const { NetworkSettings, State } = await container.inspect()
      if (!State.Running && !State.Restarting) return { ended: State.ExitCode }
      const url = `http://127.0.0.1:${NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort}`
      const readiness = await readinessAt(url)
      said = readiness.said
      return { url: Option.liftPredicate(url, () => readiness.isReady) }
    },
    catch: failed(role)
  }).pipe(
    Effect.flatMap(({ ended, url }) =>
      url === undefined ? givenUp(`ended with ${ended} before it was ready`) : Effect.succeed(url)
    )
  )
  return look.pipe(
    Effect.repeat({ until: Option.isSome, schedule: Schedule.spaced("100 millis") }),
    Effect.flatMap((url) => Effect.orDie(Effect.fromOption(url))),
    Effect.timeoutOrElse({ duration: patience, orElse: () => givenUp(`wasn't ready within ${patience}`) })
  )
}
