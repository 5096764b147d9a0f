/** A game's state as files: what the engine has, and how it takes a game in from another machine. */
import type { EngineStatus } from "@galaxy/contract/engine/Admin"
import type { StateListing } from "@galaxy/contract/engine/State"
import { Effect, Option, Result } from "effect"
import type { Galaxy } from "../state/Galaxy.ts"
import { GameExists, StateFileUnknown, StateRefused } from "./EngineError.ts"
import { isStatePath, kindAt } from "./layout.ts"
import { verified } from "./sealed.ts"
import { Sha256 } from "./Sha256.ts"
import type { StateError, StateStore } from "./StateStore.ts"

/** The part of `Engine` that is about files. */
export interface StateSurface {
  /** The last complete turn, and the files of the state: all, or those of turns from `from` on. */
  state(from?: number): Effect.Effect<StateListing, StateError>
  /** The text of one state file. */
  stateFile(path: string): Effect.Effect<string, StateFileUnknown | StateError>
  /** Keeps one state file of a game that is to be taken in. Fails where there is a game already. */
  putState(path: string, sealed: string): Effect.Effect<void, GameExists | StateRefused | StateError>
  /** Checks what was put, and serves that game from now on. Repeated, it returns the status. */
  readonly openState: Effect.Effect<EngineStatus, StateRefused | StateError>
}

/** The surface over a store. `one` keeps its calls and the engine's others apart. */
export const stateSurface = (
  store: StateStore["Service"],
  one: <A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>,
  statusNow: (galaxy: Galaxy) => Effect.Effect<EngineStatus, StateError>
): StateSurface => {
  const state = Effect.fn("Engine.state")(function* (from: number = 0) {
    const found = yield* store.current
    return Option.isNone(found)
      ? { files: [] }
      : { turn: found.value.turn, files: yield* store.listing(found.value, from) }
  }, one)

  const stateFile = Effect.fn("Engine.stateFile")(function* (path: string) {
    const sealed = yield* store.sealed(path)
    return Option.isSome(sealed) ? sealed.value : yield* new StateFileUnknown({ path })
  }, one)

  const putState = Effect.fn("Engine.putState")(function* (path: string, sealed: string) {
    const found = yield* store.current
    if (Option.isSome(found)) return yield* new GameExists({ gameId: found.value.game_id })
    if (!isStatePath(path)) return yield* new StateRefused({ problem: "this is not the path of a state file" })
    // Contents are read when the game is opened, those of earlier turns when somebody asks for them.
    const whole = verified(kindAt(path), sealed, yield* Sha256)
    if (Result.isFailure(whole)) return yield* new StateRefused({ problem: `the file ${whole.failure}` })
    yield* store.put(path, sealed)
  }, one)

  const openState = Effect.gen(function* () {
    const found = yield* store.current
    if (Option.isSome(found)) return yield* statusNow(found.value)
    const taken = yield* Effect.catchTag(
      store.takeIn,
      "StateBroken",
      (broken) => new StateRefused({ problem: broken.message })
    )
    return Option.isSome(taken)
      ? yield* statusNow(taken.value)
      : yield* new StateRefused({ problem: "no state file was put" })
  }).pipe(Effect.withSpan("Engine.openState"), one)

  return { state, stateFile, putState, openState }
}
