/**
 * Keeps an eye on one daemon: whether it answers, and which engines end. One that went away is asked again all the time,
 * and is back as soon as it answers.
 */
import { Clock, Effect, PubSub, Ref, Stream } from "effect"
import type { DockerHost } from "./DockerHost.ts"
import { installationLabels, type Owner, runOf } from "./labels.ts"
import type { EngineRun } from "@galaxy/core/engine/EngineHost"

/** How often a daemon is asked whether it is there, and how soon again when it isn't. */
const beat = "2 seconds"
const again = "1 second"

/** How often what nobody needs is removed, and how long an ended container is kept for whoever asks how it ended. */
const tidying = "1 minute"
const keptMs = 15 * 60_000

/** How long a run that is over is remembered, of a game that isn't started again. */
const rememberedMs = 7 * 24 * 3_600_000

/** What is known of a daemon. */
export interface Seen {
  readonly answers: boolean
  /** When it last answered, in milliseconds of the clock. */
  readonly heardAt?: number | undefined
  /** Why it doesn't; or what has to be mended on one that does. */
  readonly trouble?: string | undefined
}

const shared = (strangers: number, installation: string): string =>
  `another platform has engines here under the name ${installation}, ${strangers} of them: give one of the two another BACKEND_DOCKER_INSTALLATION`

/** Notes in `seen` whether the daemon answers, and publishes runs that have ended. Runs until it is interrupted. */
export const watchHost = (
  host: DockerHost,
  installation: Owner["installation"],
  seen: Ref.Ref<Seen>,
  ends: PubSub.PubSub<EngineRun>
): Effect.Effect<never> => {
  const { daemon } = host
  const hostId = host.host.name
  /** When a container was first seen to be over. Only those that are there are in it. */
  let seenSince = new Map<string, number>()

  /** They are left alone, and their platform leaves alone what is here: only an operator can end that. */
  const noteStrangers = Effect.fnUntraced(function* (strangers: number) {
    const trouble = strangers === 0 ? undefined : shared(strangers, installation)
    const before = yield* Ref.getAndUpdate(seen, (it) => (it.answers ? { ...it, trouble } : it))
    if (trouble !== undefined && before.trouble === undefined)
      yield* Effect.logWarning(`the host ${hostId}: ${trouble}`)
  })

  const tidy = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const still = new Map<string, number>()
    const strangers = yield* host.tidy((id, isMemorial) => {
      const since = seenSince.get(id) ?? now
      still.set(id, since)
      return now - since >= (isMemorial ? rememberedMs : keptMs)
    })
    seenSince = still
    yield* noteStrangers(strangers)
  }).pipe(Effect.catch((error) => Effect.logWarning(`the host ${hostId} can't be tidied: ${error.message}`)))

  /** What has ended while nobody listened; whoever was told before is told again. */
  const missed = Effect.ignore(
    Effect.flatMap(host.over, (runs) => Effect.forEach(runs, (run) => PubSub.publish(ends, run), { discard: true }))
  )

  const events = daemon.events(installationLabels(installation), ["die"], missed).pipe(
    Stream.runForEach(({ Actor }) => {
      const run = runOf({ installation }, Actor.Attributes)
      return run._tag === "None" ? Effect.void : Effect.asVoid(PubSub.publish(ends, { ...run.value, hostId }))
    }),
    // Whether the daemon is there is seen by asking it: connections that say nothing for long may be ended on their way.
    Effect.catch((error) => Effect.logDebug(`no events of the host ${hostId}: ${error.message}`))
  )

  /** Fails if the daemon doesn't answer. */
  const heard = Effect.gen(function* () {
    yield* daemon.ping
    const heardAt = yield* Clock.currentTimeMillis
    yield* Ref.update(seen, (it) => (it.answers ? { ...it, heardAt } : { answers: true, heardAt }))
  })

  /** Fails as soon as the daemon doesn't answer. */
  const connected = Effect.gen(function* () {
    yield* heard
    return yield* Effect.all(
      [
        Effect.forever(Effect.delay(heard, beat)),
        Effect.forever(Effect.andThen(events, Effect.sleep(again))),
        Effect.forever(Effect.andThen(tidy, Effect.sleep(tidying)))
      ],
      { concurrency: "unbounded", discard: true }
    )
  })

  return connected.pipe(
    Effect.catch((error) =>
      Effect.gen(function* () {
        const before = yield* Ref.getAndUpdate(seen, ({ heardAt }) => ({
          answers: false,
          heardAt,
          trouble: error.message
        }))
        if (before.answers) yield* Effect.logWarning(`the host ${hostId} is away: ${error.message}`)
        yield* Effect.sleep(again)
      })
    ),
    Effect.forever
  )
}
