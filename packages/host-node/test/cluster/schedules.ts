/**
 * Random schedules of kills, freezes and cuts over three backends whose games make turns all the while: no turn is made
 * twice, told twice or lost.
 *
 * A schedule is drawn from its seed. What the machine makes of it isn't, so a seed repeats the faults and not every
 * interleaving.
 */
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { serverUrl } from "@galaxy/testkit/TestDatabase"
import { describe, it } from "@effect/vitest"
import { Cause, Effect, Fiber, Logger, Schedule, Scope, Semaphore } from "effect"
import * as Cluster from "./Cluster.ts"
import type { Member } from "./Member.ts"

/** A tenth of the usual times, so that a schedule takes seconds. */
const timeScale = 0.1
const size = 3
const faults = ["kill", "kill", "end", "freeze", "freeze", "cut", "mute", "away", "unlock"] as const

const pause = (millis: number) => Effect.promise(() => new Promise<void>((done) => setTimeout(done, millis)))

/** The faults of a schedule, as text: what failed is told by it. */
const draw = (seed: number) => {
  const random = new SeededRandom(seed)
  return Array.from({ length: 3 + random.below(3) }, () => ({
    fault: random.pick(faults),
    member: random.below(size),
    /** How long what passes lasts, up to three times the time after which a backend counts as lost. */
    forMs: 100 + random.below(random.below(2) === 0 ? 600 : 3_000),
    afterMs: random.below(400)
  }))
}

export type Step = ReturnType<typeof draw>[number]

/** A cluster that lives through one schedule after the other. */
export const make = Effect.fnUntraced(function* (server: string, games: number) {
  const cluster = yield* Cluster.make({ server, members: size, games, timeScale })
  const members: Array<Member> = [...cluster.members]
  const random = new SeededRandom(1)
  // A turn takes its time, so that faults come in the middle of it.
  cluster.double.turnTakes(() => random.below(400))

  /** One fault after the other at the same backend. Those of different ones may come together. */
  const locks = Array.from({ length: size }, () => Semaphore.makeUnsafe(1))
  /** Backends outlive the schedule that they are started in. */
  const scope = yield* Effect.scope

  const replace = Effect.fnUntraced(function* (index: number) {
    // A start fails where the database is taken away from it, and is tried again, as a supervisor does.
    members[index] = yield* Effect.retry(Effect.sandbox(Effect.provideService(cluster.startOne, Scope.Scope, scope)), {
      times: 100,
      schedule: Schedule.spaced("100 millis")
    })
  })

  /** Players and operators ask whichever backend they reach, again and again. */
  const playing = (game: Cluster.ClusterGame) =>
    Effect.forever(
      Effect.gen(function* () {
        const member = random.pick(members)
        const turn = yield* cluster.turnOf(game.gameId)
        yield* Effect.ignore(Effect.timeout(member.runtimes.forceNextTurn(game.gameId, turn), "1 second"))
        if (random.below(3) === 0) yield* Effect.ignore(Effect.timeout(member.runtimes.engine(game.gameId), "1 second"))
        yield* pause(random.below(80))
      }).pipe(Effect.catchDefect(() => pause(50)))
    )

  const during = (set: (is: boolean) => Effect.Effect<void>, forMs: number) =>
    Effect.andThen(set(true), Effect.andThen(pause(forMs), set(false)))

  const run = ({ fault, forMs, member: index }: Step): Effect.Effect<unknown, unknown> => {
    const member = members[index]
    if (member === undefined) return Effect.void
    switch (fault) {
      case "kill":
        return Effect.andThen(member.kill, replace(index))
      case "end":
        return Effect.andThen(member.end, replace(index))
      case "freeze":
        return Effect.andThen(member.freeze, Effect.andThen(pause(forMs), member.thaw))
      case "cut":
        return Effect.andThen(member.database.cut, member.peers.cut)
      // The others don't reach it, while it works on.
      case "mute":
        return during(member.peers.hold, forMs)
      case "away":
        return Effect.forEach(
          members,
          ({ database }) => Effect.andThen(database.cut, during(database.refuseNew, forMs)),
          { concurrency: size, discard: true }
        )
      // As a server does with the sessions of a host that it takes for vanished.
      case "unlock":
        return cluster.sql`
          SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
          WHERE locktype = 'advisory' AND datname = current_database() AND pid <> pg_backend_pid()
          GROUP BY pid HAVING count(*) > 1`
    }
  }

  /** Runs the schedule of the seed, and fails if anything of it shows in the games afterwards. */
  const schedule = Effect.fnUntraced(function* (seed: number) {
    const steps = draw(seed)
    const players = yield* Effect.forEach(cluster.games, (game) => Effect.forkScoped(playing(game)))
    const under: Array<Fiber.Fiber<unknown, unknown>> = []
    for (const step of steps) {
      under.push(
        yield* Effect.forkScoped(locks[step.member]?.withPermit(Effect.suspend(() => run(step))) ?? Effect.void)
      )
      yield* pause(step.afterMs)
    }
    yield* Fiber.joinAll(under)
    yield* Fiber.interruptAll(players)
    // All is well again, so every game goes on.
    yield* Effect.forEach(
      cluster.games,
      (game) =>
        Effect.gen(function* () {
          const turn = yield* cluster.turnOf(game.gameId)
          const asked = Effect.suspend(() => random.pick(members).runtimes.forceNextTurn(game.gameId, turn))
          yield* Effect.retry(
            Effect.catchTag(asked, "TurnPassed", () => Effect.void),
            {
              times: 400,
              schedule: Schedule.spaced("50 millis")
            }
          )
          yield* cluster.until(game.gameId, turn + 1)
        }),
      { concurrency: "unbounded", discard: true }
    )
    yield* cluster.settled
    yield* cluster.check
  }, Effect.scoped)

  return { schedule, cluster }
})

const server = serverUrl()

export interface SchedulesOptions {
  readonly schedules: number
  /** So many schedules are lived through by the same games. */
  readonly perCluster: number
  readonly games: number
}

/** The test: `schedules` of them, or the one whose seed is in `GALAXY_CLUSTER_SEED`. The seed of one that fails is told. */
export const runSchedules = ({ games, perCluster, schedules }: SchedulesOptions): void => {
  if (server === undefined) console.warn("skipped: schedules of faults (GALAXY_TEST_DATABASE_URL names no server)")
  const given = process.env["GALAXY_CLUSTER_SEED"]
  const first = given === undefined ? Math.floor(Math.random() * 1_000_000_000) : Number(given)
  const seeds = given === undefined ? Array.from({ length: schedules }, (_, index) => first + index) : [first]
  describe.skipIf(server === undefined)("random schedules of faults", () => {
    for (let from = 0; from < seeds.length; from += perCluster) {
      const part = seeds.slice(from, from + perCluster)
      it.live(
        `no turn is made twice, told twice or lost (seeds from ${part[0]})`,
        () =>
          Effect.scoped(
            Effect.gen(function* () {
              const { schedule } = yield* make(server ?? "", games)
              for (const seed of part) {
                yield* Effect.catchCause(schedule(seed), (cause) =>
                  Effect.die(
                    new Error(`GALAXY_CLUSTER_SEED=${seed}: ${JSON.stringify(draw(seed))}\n${Cause.pretty(cause)}`)
                  )
                )
              }
            })
          ).pipe(Effect.provide(Logger.layer([]))),
        900_000
      )
    }
  })
}
