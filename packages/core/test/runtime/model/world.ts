/** What a schedule acts on: two games, two backends that both own them, hosts of their engines, and the record of it all. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Effect, type Fiber } from "effect"
import { startingGame } from "../fixture.ts"
import * as Backends from "./backends.ts"
import * as Gates from "./gates.ts"
import * as History from "./history.ts"
import * as Random from "./random.ts"
import { StatefulHosts } from "./StatefulHosts.ts"

/** A player, with the revision of their orders that they were told last. */
export interface Player {
  readonly id: UserId
  readonly race: string
  /** One of the race's own, once the game has begun. */
  planet: number
  revision: number | undefined
}

export interface Game {
  readonly gameId: GameId
  readonly players: ReadonlyArray<Player>
}

/** Two new games, and the backends. `holds`: whether backends may be stopped in transactions. */
export const make = Effect.fnUntraced(function* (seed: number, holds: boolean) {
  const dice = Random.dice(seed)
  const hosts = yield* StatefulHosts
  const history = History.make()
  const events: Array<string> = []
  const note = (what: string) => void events.push(`${history.now()} ${what}`)

  const games: Array<Game> = []
  for (let i = 0; i < 2; i++) {
    const { gameId, guest, owner } = yield* startingGame()
    games.push({
      gameId,
      players: [
        { id: owner, race: "Vega", planet: 1, revision: undefined },
        { id: guest, race: "Lyra", planet: 1, revision: undefined }
      ]
    })
  }

  const allGates: Array<Gates.Gates> = []
  const backends: Array<Backends.Backend> = []
  /** Starts a backend, in the place of the one with this index. */
  const start = Effect.fnUntraced(function* (index: number, percent: number) {
    const gates = Gates.make(Random.dice(seed * 7 + allGates.length + 1), holds)
    gates.stop(percent)
    allGates.push(gates)
    const before = backends[index]
    backends[index] = yield* Backends.start(gates)
    return before
  })
  for (const index of [0, 1]) yield* start(index, 0)

  const under = new Set<Fiber.Fiber<unknown, unknown>>()
  /** Begins something and goes on. */
  const begin = Effect.fnUntraced(function* <R>(work: Effect.Effect<unknown, unknown, R>) {
    const fiber = yield* Effect.forkScoped(Effect.exit(work), { startImmediately: true })
    under.add(fiber)
    fiber.addObserver(() => void under.delete(fiber))
  })

  return {
    seed,
    dice,
    hosts,
    history,
    events,
    note,
    games,
    backends,
    backend: () => dice.pick(backends),
    start,
    allGates,
    /** How many are at work. */
    under: () => under.size,
    begin,
    /** Dies of what is wrong, with what has happened. */
    fail: (wrong: ReadonlyArray<string>) =>
      Effect.die(new Error(`GALAXY_MODEL_SEED=${seed}: ${wrong.join("; ")}\n${events.join("\n")}`)),
    /** Runs what needs locks that backends may hold: none of them is stopped in a transaction meanwhile. */
    unheld: <A, E, R>(work: Effect.Effect<A, E, R>) =>
      Effect.acquireUseRelease(
        Effect.sync(() => allGates.forEach((it) => it.mayHold(false))),
        () => work,
        () => Effect.sync(() => allGates.forEach((it) => it.mayHold(true)))
      )
  }
})

export type World = Effect.Success<ReturnType<typeof make>>
