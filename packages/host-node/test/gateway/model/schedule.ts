/**
 * Random schedules of faults, each with its seed. The same seed makes the same steps; how they meet what both ends do meanwhile
 * depends on the machine as well, because their clocks are real ones that run faster. So a schedule that has failed may need
 * several runs to fail again.
 */
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, type Scope } from "effect"
import type { App } from "./App.ts"
import { faultOf } from "./check.ts"
import { fastClock } from "./fastClock.ts"
import { type World, world } from "./World.ts"

/** So much faster than real time do both ends live: waits of the client of up to 30 s take 300 ms. */
const times = 100

interface Step {
  readonly name: string
  readonly weight: number
  readonly run: (world: World, random: SeededRandom) => Effect.Effect<void, never, Scope.Scope>
}

const pause = (millis: number) => Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, millis)))

const commit = ({ apps, backend }: World, random: SeededRandom, size: number) => {
  const user = random.pick(backend.users)
  const target = random.below(4) === 0 ? random.pick(apps.filter((it) => it.user === user)).sessionId : ""
  backend.commit(user, random.bytes(size), target)
}

const isRevoked = ({ backend }: World, app: App) => backend.sessions.get(app.sessionId)?.status === "revoked"

const steps: ReadonlyArray<Step> = [
  {
    name: "an event",
    weight: 12,
    run: (world, random) => Effect.sync(() => commit(world, random, random.below(100)))
  },
  {
    name: "many events",
    weight: 5,
    run: (world, random) =>
      Effect.sync(() => {
        for (let left = 2 + random.below(60); left > 0; left--) commit(world, random, random.below(2_000))
      })
  },
  {
    name: "large events",
    weight: 1,
    run: (world, random) =>
      Effect.sync(() => {
        for (let left = 2 + random.below(30); left > 0; left--) commit(world, random, 60_000)
      })
  },
  {
    name: "events expire",
    weight: 3,
    run: ({ backend }, random) =>
      Effect.sync(() => {
        const user = random.pick(backend.users)
        user.expired += random.below(user.newest - user.expired + 1)
      })
  },
  { name: "the log is trimmed", weight: 3, run: ({ backend }) => Effect.sync(() => backend.trimLog()) },
  {
    name: "the push source repeats itself",
    weight: 2,
    run: ({ backend }, random) =>
      Effect.sync(() => {
        backend.repeatsPerRow = random.pick([0, 0.1, 0.5])
      })
  },
  { name: "clients are cut off", weight: 4, run: ({ edge }) => edge.cut },
  { name: "clients fall silent", weight: 2, run: ({ edge }) => edge.swallow },
  { name: "nobody gets in", weight: 2, run: ({ edge }) => edge.refuseNew(true) },
  { name: "everybody gets in", weight: 3, run: ({ edge }) => edge.refuseNew(false) },
  { name: "the push stream is cut", weight: 4, run: ({ push }) => push.cut },
  { name: "the push stream falls silent", weight: 2, run: ({ push }) => push.swallow },
  { name: "the push stream is refused", weight: 2, run: ({ push }) => push.refuseNew(true) },
  { name: "the push stream is let in", weight: 3, run: ({ push }) => push.refuseNew(false) },
  {
    name: "the backend is down or up",
    weight: 4,
    run: ({ backend }) =>
      Effect.sync(() => {
        backend.isDown = !backend.isDown
      })
  },
  {
    name: "the gateway starts again",
    weight: 3,
    run: ({ gateway }) => Effect.andThen(gateway.end, gateway.start)
  },
  { name: "the gateway ends", weight: 1, run: ({ gateway }) => gateway.end },
  {
    name: "the push server starts again",
    weight: 3,
    run: ({ pushServer }) => Effect.andThen(pushServer.end, pushServer.start)
  },
  { name: "the push server ends", weight: 1, run: ({ pushServer }) => pushServer.end },
  {
    name: "all start again",
    weight: 2,
    run: ({ gateway, pushServer }) =>
      Effect.andThen(
        Effect.all([gateway.end, pushServer.end], { concurrency: 2 }),
        Effect.all([gateway.start, pushServer.start], { concurrency: 2 })
      )
  },
  {
    name: "a program is slow",
    weight: 2,
    run: ({ apps }, random) => random.pick(apps).gate.close
  },
  { name: "a program catches up", weight: 3, run: ({ apps }, random) => random.pick(apps).gate.open },
  {
    name: "a program starts again",
    weight: 3,
    run: ({ apps, startApp }, random) => {
      const app = random.pick(apps)
      return app.run?.ended === undefined ? Effect.andThen(app.stop, startApp(app)) : Effect.void
    }
  },
  { name: "a program is in a hurry", weight: 2, run: ({ apps }, random) => random.pick(apps).reconnectNow },
  {
    name: "a session is revoked",
    weight: 2,
    run: ({ apps, backend }, random) => Effect.sync(() => backend.revoke({ sessionId: random.pick(apps).sessionId }))
  },
  {
    name: "a user's sessions are revoked",
    weight: 0.5,
    run: ({ backend }, random) => Effect.sync(() => backend.revoke({ user: random.pick(backend.users) }))
  }
]

const totalWeight = steps.reduce((sum, it) => sum + it.weight, 0)

const draw = (random: SeededRandom): Step | undefined => {
  let left = random.next() * totalWeight
  return steps.find(({ weight }) => {
    left -= weight
    return left < 0
  })
}

/** Everything works again. */
const heal = ({ apps, backend, edge, gateway, push, pushServer }: World) =>
  Effect.gen(function* () {
    backend.isDown = false
    yield* Effect.all([edge.refuseNew(false), push.refuseNew(false)])
    yield* Effect.all([gateway.start, pushServer.start])
    for (const { gate } of apps) yield* gate.open
  })

/** Real milliseconds; a busy machine needs some of them. */
const patienceMs = 30_000

/** Waits until every program has come to its end of the story, and says which hasn't. */
const settled = (world: World, isDone: (app: App) => boolean) =>
  Effect.gen(function* () {
    const until = performance.now() + patienceMs
    for (;;) {
      const late = world.apps.filter((it) => !isDone(it))
      if (late.length === 0) return undefined
      const wrong = world.apps.map(faultOf).find((it) => it !== undefined)
      if (wrong !== undefined) return wrong
      if (performance.now() > until) {
        const states = late.map(
          (it) => `${it.sessionId.slice(-2)} (ended: ${it.run?.ended}, handled ${it.handled} of ${it.user.newest})`
        )
        return `still not there: ${states.join("; ")}`
      }
      yield* pause(2)
    }
  })

/** As a program calls that tries again: a connection that has fallen silent costs one call. */
const call = ({ client }: App) =>
  client === undefined
    ? Effect.succeed("no client")
    : client.call("user.sessions.list", {}).pipe(
        Effect.retry({ times: 3, while: (error) => error._tag === "Unavailable" }),
        Effect.as("ok"),
        Effect.catch((error) => Effect.succeed(error._tag))
      )

/** Every event that is for it has come, by itself: no later one had to show that it was missing. */
const isUpToDate = ({ run, user, handled, sessionId }: App): boolean => {
  const from = run?.after ?? run?.liveAt
  if (from === undefined) return false
  const isOwn = (target: string) => target === "" || target === sessionId
  const newest = user.facts.findLast((it) => isOwn(it.sessionId) && it.sequence > from)
  return newest === undefined || (handled ?? 0) >= newest.sequence
}

/** One more event for each user: it comes to those who may see it, and to nobody else. */
const lastEvents = (world: World) =>
  Effect.gen(function* () {
    const marks = new Map(world.backend.users.map((it) => [it, it.newest + 1]))
    const hasMark = (app: App) => (app.handled ?? 0) >= (marks.get(app.user) ?? 0)
    for (const user of world.backend.users) world.backend.commit(user, new Uint8Array(1))
    const late = yield* settled(world, (app) => app.run?.ended !== undefined || hasMark(app))
    if (late !== undefined) return late
    for (const app of world.apps) {
      const name = app.sessionId.slice(-2)
      const { ended } = app.run ?? {}
      const isOver = isRevoked(world, app)
      if (ended !== (isOver ? "SessionEnded" : undefined)) return `${name} ended with ${ended}`
      if (isOver && hasMark(app)) return `${name} got an event after its end`
      const answer = yield* call(app)
      if (answer !== (isOver ? "SessionEnded" : "ok")) return `${name} was answered ${answer}`
    }
    return world.apps.map(faultOf).find((it) => it !== undefined)
  })

/** What comes once everything works: all events to those who may see them, a clear end to the others. */
const ending = (world: World, random: SeededRandom) =>
  Effect.gen(function* () {
    const { apps, backend } = world
    yield* heal(world)
    const standing = () =>
      settled(world, (app) => (isRevoked(world, app) ? app.run?.ended !== undefined : isUpToDate(app)))
    const early = yield* standing()
    if (early !== undefined) return `before the last events, ${early}`
    const fault = yield* lastEvents(world)
    if (fault !== undefined) return fault
    // Revoked while nothing else happens: only word of it can end the streams.
    const app = random.pick(apps)
    backend.revoke(random.below(2) === 0 ? { sessionId: app.sessionId } : { user: app.user })
    const open = yield* standing()
    return open === undefined ? yield* lastEvents(world) : `once all was well, ${open}`
  })

/** Runs one schedule; the sentence that says what went wrong, with its seed and steps, or undefined. */
const runSchedule = (seed: number): Effect.Effect<string | undefined> =>
  Effect.gen(function* () {
    const random = new SeededRandom(seed)
    const all = yield* world(seed)
    const taken: Array<string> = []
    yield* all.pushServer.start
    yield* all.gateway.start
    // Some users have events already, some have never had one.
    for (let left = random.pick([0, 1, 5]); left > 0; left--) commit(all, random, 10)
    for (const app of all.apps) yield* all.startApp(app)
    for (let left = 4 + random.below(14); left > 0; left--) {
      const step = draw(random)
      if (step === undefined) continue
      taken.push(step.name)
      yield* step.run(all, random)
      yield* pause(random.pick([0, 0, 1, 3, 10, 25]))
    }
    const fault = yield* ending(all, random)
    for (const app of all.apps) yield* app.stop
    if (fault === undefined) return undefined
    const told = `seed ${seed}: ${fault}\n  steps: ${taken.join("; ")}`
    yield* Effect.sync(() => console.error(told))
    return told
  }).pipe(Effect.scoped, Effect.provideService(Clock.Clock, fastClock(times)))

/**
 * Runs so many schedules, other ones each time. The name of the test tells the first seed, and a failure the seeds that it
 * is about; GALAXY_MODEL_SEED runs one of them again.
 */
export const checkSchedules = (many: number): void => {
  const given = process.env["GALAXY_MODEL_SEED"]
  const first = given === undefined ? Math.floor(Math.random() * 1e9) : Number(given)
  const seeds = Array.from({ length: given === undefined ? many : 1 }, (_, index) => first + index)
  describe("a player's program behind every kind of fault", () => {
    it.live(
      `sees every kept event once, in order, or a gap; seeds from ${first}`,
      () =>
        Effect.map(Effect.forEach(seeds, runSchedule, { concurrency: 8 }), (faults) => {
          assert.deepStrictEqual(
            faults.filter((it) => it !== undefined),
            []
          )
        }),
      3_600_000
    )
  })
}
