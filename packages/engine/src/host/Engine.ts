/**
 * The engine's operations on the one game it serves.
 *
 * Writes are serialised, and each is answered only once it is on the disk. Init, turn and banish are idempotent.
 */
import type { BanishAnswer, ComputerLevel, EngineStatus, InitRequest } from "@galaxy/contract/engine/Admin"
import { maxOrders } from "@galaxy/contract/engine/Limits"
import type { Order, OrderCounts, OrdersAnswer, WrittenOrders } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { Context, Effect, Layer, Option, Semaphore, Struct } from "effect"
import type { BotTurn } from "../bot/botOrders.ts"
import { computersIn, playComputer, remembering, takenOver, withComputers } from "../bot/computers.ts"
import { generate, type NoRoom, type SameName, type SamePlayer } from "../generation/generate.ts"
import { forecast } from "../orders/forecast.ts"
import { raceNamed } from "../orders/subjects.ts"
import type { Galaxy } from "../state/Galaxy.ts"
import { raceAt } from "../state/lookups.ts"
import { statusOf } from "../state/status.ts"
import { nextGalaxy } from "../turn/makeTurn.ts"
import {
  CommandsRefused,
  GameFinished,
  NoGame,
  OrdersChanged,
  OtherGame,
  RaceGone,
  RaceOfComputer,
  RaceUnknown,
  TooManyOrders,
  TurnNotNext,
  TurnNotOpen,
  TurnUnknown
} from "./EngineError.ts"
import { ordersFileOf } from "./layout.ts"
import { revisionOf } from "./revision.ts"
import type { StoredOrders } from "./stateReaders.ts"
import { type StateError, StateStore } from "./StateStore.ts"
import { type StateSurface, stateSurface } from "./stateSurface.ts"

/** Who writes: `actor` is the name of a race. Undefined as `turn` means the open one; any other turn is refused. */
export interface OrderWriter {
  readonly actor: string
  readonly turn: number | undefined
}

const noOrders: OrderCounts = { orders: 0, refused: 0 }

const countsOf = (verdicts: ReadonlyArray<{ readonly accepted: boolean }>): OrderCounts => ({
  orders: verdicts.length,
  refused: verdicts.filter((it) => !it.accepted).length
})

type WriteError =
  | NoGame
  | GameFinished
  | RaceUnknown
  | RaceGone
  | RaceOfComputer
  | TurnNotOpen
  | TooManyOrders
  | StateError
type ReadError = NoGame | RaceUnknown | TurnUnknown | StateError

/**
 * Service: one game, from init to its last turn. Operations fail with an error of `EngineError.ts` when the game
 * doesn't allow them, and with a `StateError` when the state folder can't be used.
 */
export class Engine extends Context.Service<
  Engine,
  StateSurface & {
    /** Creates the galaxy; asked again for the same game, returns the status of turn 0. Fails as `generate` does. */
    init(request: InitRequest): Effect.Effect<EngineStatus, OtherGame | NoRoom | SameName | SamePlayer | StateError>
    /** The status after the last turn. Banished races count as gone at once. */
    readonly status: Effect.Effect<EngineStatus, NoGame | StateError>
    /** Makes the next turn; for a turn that was made already, returns its status. */
    turn(turn: number): Effect.Effect<EngineStatus, NoGame | GameFinished | TurnNotNext | StateError>
    /** Removes a race with the next turn; it can give no more orders from now on. */
    banish(race: string): Effect.Effect<BanishAnswer, NoGame | GameFinished | RaceUnknown | StateError>
    /** From the open turn on the engine plays the race; orders that it was given for that turn are dropped. */
    computer(
      race: string,
      level: ComputerLevel
    ): Effect.Effect<BanishAnswer, NoGame | GameFinished | RaceUnknown | RaceGone | StateError>
    /** Appends to the race's orders for the open turn: all of the commands, or none when one of them is refused. */
    command(
      writer: OrderWriter,
      commands: ReadonlyArray<Order>
    ): Effect.Effect<WrittenOrders, WriteError | CommandsRefused>
    /**
     * Replaces the race's orders for the open turn. Refused ones are kept too, as the race wrote them. With `ifRevision`
     * above 0, fails with `OrdersChanged` unless that is the revision of the list that stands. No list of another turn
     * has the same.
     */
    order(
      writer: OrderWriter,
      orders: ReadonlyArray<Order>,
      ifRevision?: number
    ): Effect.Effect<WrittenOrders, WriteError | OrdersChanged>
    /** Orders and verdicts for a turn, by default the open one. Verdicts of the open turn are forecasts. */
    orders(race: string, turn: number | undefined): Effect.Effect<WrittenOrders, ReadError>
    /** A race's report of a turn, by default the last one. */
    report(race: string, turn: number | undefined): Effect.Effect<Report, ReadError>
  }
>()("@galaxy/engine/host/Engine") {
  static readonly layer = Layer.effect(
    Engine,
    Effect.gen(function* () {
      const store = yield* StateStore
      const one = (yield* Semaphore.make(1)).withPermits(1)

      const game = Effect.flatMap(store.current, (found) =>
        Option.isSome(found) ? Effect.succeed(found.value) : new NoGame()
      )

      const indexOf = (galaxy: Galaxy, race: string) => {
        const index = raceNamed(galaxy, race)
        return index === undefined ? new RaceUnknown({ race }) : Effect.succeed(index)
      }

      /** The galaxy of the open turn, with the seats that the engine has taken since the turn began. */
      const seated = Effect.fnUntraced(function* (galaxy: Galaxy) {
        return takenOver(galaxy, yield* store.computers(galaxy))
      })

      const statusNow = Effect.fnUntraced(function* (galaxy: Galaxy) {
        return statusOf(yield* seated(galaxy), yield* store.banished(galaxy))
      })

      const init = Effect.fn("Engine.init")(function* (request: InitRequest) {
        const found = yield* store.current
        if (Option.isSome(found)) {
          const { game_id } = found.value
          if (game_id !== request.game_id) return yield* new OtherGame({ gameId: game_id })
          return statusOf(yield* store.galaxyAfter(game_id, 0))
        }
        const galaxy = yield* Effect.fromResult(generate(request))
        yield* store.keepTurn({ galaxy, log: [] })
        return statusOf(galaxy)
      }, one)

      /** The turns of the races that the engine plays, each from its own report. */
      const playComputers = Effect.fnUntraced(function* (galaxy: Galaxy) {
        const turns = new Map<number, BotTurn>()
        for (const index of computersIn(galaxy)) {
          const report = yield* store.report(galaxy.game_id, index, galaxy.turn)
          const played = playComputer(galaxy, raceAt(galaxy, index), report)
          if (played !== undefined) turns.set(index, played)
        }
        return turns
      })

      const turn = Effect.fn("Engine.turn")(function* (number: number) {
        const last = yield* game
        if (number <= last.turn) return statusOf(yield* store.galaxyAfter(last.game_id, number))
        if (last.finished) return yield* new GameFinished()
        const next = last.turn + 1
        if (number !== next) return yield* new TurnNotNext({ turn: number, next })
        const galaxy = yield* seated(last)
        const computers = yield* playComputers(galaxy)
        const { galaxy: made, log } = nextGalaxy(galaxy, withComputers(yield* store.decisions(galaxy), computers))
        const kept = remembering(made, computers)
        yield* store.keepTurn({ galaxy: kept, log })
        return statusOf(kept)
      }, one)

      const banish = Effect.fn("Engine.banish")(function* (race: string) {
        const galaxy = yield* game
        const index = yield* indexOf(galaxy, race)
        if (raceAt(galaxy, index).removed !== null) return yield* statusNow(galaxy)
        const banished = yield* store.banished(galaxy)
        if (!banished.has(index) && galaxy.finished) return yield* new GameFinished()
        // Written again where it stands already, so that a caller who lost the answer gets the same.
        const kept = yield* store.keepBanished(galaxy, new Set([...banished, index]))
        return { ...(yield* statusNow(galaxy)), kept, counts: noOrders }
      }, one)

      const computer = Effect.fn("Engine.computer")(function* (race: string, level: ComputerLevel) {
        const galaxy = yield* game
        const index = yield* indexOf(galaxy, race)
        const { computer: plays, name, removed } = raceAt(galaxy, index)
        if (plays !== undefined) return yield* statusNow(galaxy)
        if (removed !== null || (yield* store.banished(galaxy)).has(index)) return yield* new RaceGone({ race: name })
        if (galaxy.finished) return yield* new GameFinished()
        const taken = yield* store.computers(galaxy)
        const kept = yield* store.keepComputers(galaxy, taken.has(index) ? taken : new Map([...taken, [index, level]]))
        return { ...(yield* statusNow(galaxy)), kept, counts: noOrders }
      }, one)

      /** The galaxy and the race of a writer who may write. */
      const admitted = Effect.fnUntraced(function* ({ actor, turn }: OrderWriter) {
        const galaxy = yield* game
        if (turn !== undefined && turn !== galaxy.turn) {
          return yield* new TurnNotOpen({ turn, open: galaxy.turn })
        }
        if (galaxy.finished) return yield* new GameFinished()
        const race = yield* indexOf(galaxy, actor)
        const { name, removed, computer } = raceAt(yield* seated(galaxy), race)
        if (computer !== undefined) return yield* new RaceOfComputer({ race: name })
        if (removed !== null || (yield* store.banished(galaxy)).has(race)) return yield* new RaceGone({ race: name })
        return { galaxy, race }
      })

      const answer = (galaxy: Galaxy, race: number, { orders, writes }: StoredOrders): OrdersAnswer => {
        const verdicts = forecast(galaxy, race, orders)
        return {
          race: raceAt(galaxy, race).name,
          turn: galaxy.turn,
          orders,
          verdicts,
          revision: revisionOf(galaxy.turn, writes),
          counts: countsOf(verdicts)
        }
      }

      const command = Effect.fn("Engine.command")(function* (writer: OrderWriter, commands: ReadonlyArray<Order>) {
        const { galaxy, race } = yield* admitted(writer)
        const standing = yield* store.orders(galaxy, race)
        const stored = {
          // A batch of none changes nothing.
          writes: standing.writes + (commands.length > 0 ? 1 : 0),
          orders: [...standing.orders, ...commands]
        }
        const appended = answer(galaxy, race, stored)
        if (appended.orders.length > maxOrders) return yield* new TooManyOrders({ most: maxOrders })
        const refused = appended.verdicts
          .slice(standing.orders.length)
          .filter((it) => !it.accepted)
          .map((it) => ({ ...it, position: it.position - standing.orders.length }))
        if (refused.length > 0) return yield* new CommandsRefused({ refused })
        if (stored.writes === 0) return appended
        return { ...appended, kept: yield* store.keepOrders(galaxy, race, stored) }
      }, one)

      const order = Effect.fn("Engine.order")(function* (
        writer: OrderWriter,
        orders: ReadonlyArray<Order>,
        ifRevision: number = 0
      ) {
        const { galaxy, race } = yield* admitted(writer)
        if (orders.length > maxOrders) return yield* new TooManyOrders({ most: maxOrders })
        const standing = yield* store.orders(galaxy, race)
        const revision = revisionOf(galaxy.turn, standing.writes)
        if (ifRevision > 0 && ifRevision !== revision)
          return yield* new OrdersChanged({ expected: ifRevision, revision })
        const stored = { writes: standing.writes + 1, orders }
        const replaced = answer(galaxy, race, stored)
        return { ...replaced, kept: yield* store.keepOrders(galaxy, race, stored) }
      }, one)

      const report = Effect.fn("Engine.report")(function* (race: string, turn: number | undefined) {
        const galaxy = yield* game
        const index = yield* indexOf(galaxy, race)
        const wanted = turn ?? galaxy.turn
        if (wanted > galaxy.turn) return yield* new TurnUnknown({ turn: wanted })
        return yield* store.report(galaxy.game_id, index, wanted)
      })

      const orders = Effect.fn("Engine.orders")(function* (race: string, turn: number | undefined) {
        const galaxy = yield* game
        const index = yield* indexOf(galaxy, race)
        const wanted = turn ?? galaxy.turn
        if (wanted > galaxy.turn) return yield* new TurnUnknown({ turn: wanted })
        if (wanted === galaxy.turn) {
          const standing = yield* store.orders(galaxy, index)
          const path = ordersFileOf(galaxy.turn, index)
          const sealed = standing.writes > 0 ? yield* store.sealed(path) : Option.none()
          // A write that came in between says itself what is to be kept.
          const same = (yield* store.orders(galaxy, index)).writes === standing.writes
          const told = answer(galaxy, index, standing)
          return same && Option.isSome(sealed)
            ? { ...told, kept: { path, revision: standing.writes, sealed: sealed.value } }
            : told
        }
        // The orders of a closed turn are in the report of the turn they led to.
        const { race: name, orders: outcomes } = yield* store.report(galaxy.game_id, index, wanted + 1)
        const { writes } = yield* store.orders({ ...galaxy, turn: wanted }, index)
        // For the platform the turn may still be open: it may not have committed the one that these orders led to.
        const path = ordersFileOf(wanted, index)
        const sealed = writes > 0 && wanted === galaxy.turn - 1 ? yield* store.sealed(path) : Option.none()
        return {
          race: name,
          turn: wanted,
          orders: outcomes.map((it) => it.order),
          verdicts: outcomes.map(Struct.omit(["order"])),
          revision: revisionOf(wanted, writes),
          counts: countsOf(outcomes),
          ...(Option.isSome(sealed) ? { kept: { path, revision: writes, sealed: sealed.value } } : {})
        }
      })

      return Engine.of({
        ...stateSurface(store, one, statusNow),
        init,
        status: Effect.flatMap(game, statusNow),
        turn,
        banish,
        computer,
        command,
        order,
        orders,
        report
      })
    })
  )
}
