/**
 * The state folder of one game, and the only way into it.
 *
 * Writing `galaxy/N.json` is what makes turn N: it is the last of a turn's files. Nothing but the decisions of the open
 * turn is ever changed, and each file is written whole. After a write that failed halfway nothing is assumed: the
 * folder is inspected again.
 */
import type { ComputerLevel } from "@galaxy/contract/engine/Admin"
import type { Kept } from "@galaxy/contract/engine/Order"
import type { StateFile } from "@galaxy/contract/engine/State"
import type { Report } from "@galaxy/contract/engine/Report"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option, Ref, Semaphore } from "effect"
import type { Galaxy } from "../state/Galaxy.ts"
import { reporter } from "../report/reports.ts"
import type { Made } from "../turn/makeTurn.ts"
import type { Decisions } from "../turn/Phase.ts"
import * as FolderLock from "./FolderLock.ts"
import { fileOf, isStatePath, ordersFileOf, ordersFolderOf } from "./layout.ts"
import { StateBroken, type StateLost, StateUnavailable } from "./StateError.ts"
import * as StateFiles from "./StateFiles.ts"
import { make as stateListing } from "./stateListing.ts"
import { type Decided, type Latest, readers, type StoredOrders, unwritten } from "./stateReaders.ts"
import * as StateTransfer from "./StateTransfer.ts"

/** Why the state folder can't be used. Only `StateUnavailable` may pass by itself. */
export type StateError = StateBroken | StateUnavailable | StateLost

/**
 * Service: reads and writes the state folder of one game. Writes are serialised and durable, and fail with `StateLost`
 * once another process has the folder. Everything read is checked against its digest, schema, game and turn.
 */
export class StateStore extends Context.Service<
  StateStore,
  {
    /** Fails when another process has taken the folder. */
    readonly held: Effect.Effect<void, StateError>
    /** The galaxy after the last complete turn; none before the game begins. */
    readonly current: Effect.Effect<Option.Option<Galaxy>, StateError>
    /** The galaxy after a turn that was made. */
    galaxyAfter(gameId: GameId, turn: number): Effect.Effect<Galaxy, StateError>
    /** A race's report of a turn that was made. */
    report(gameId: GameId, race: number, turn: number): Effect.Effect<Report, StateError>
    /** Stores a turn, turn 0 too. It becomes the current one once all of it is on the disk. */
    keepTurn(turn: Made): Effect.Effect<void, StateError>
    /** A race's orders for the open turn. */
    orders(open: Galaxy, race: number): Effect.Effect<StoredOrders, StateError>
    /** Replaces a race's orders for the open turn. Returns the file that is on the disk now. */
    keepOrders(open: Galaxy, race: number, stored: StoredOrders): Effect.Effect<Kept, StateError>
    /** Races that leave when the open turn is made. */
    banished(open: Galaxy): Effect.Effect<ReadonlySet<number>, StateError>
    /** Replaces the set of races that leave when the open turn is made. Returns the file that is on the disk now. */
    keepBanished(open: Galaxy, races: ReadonlySet<number>): Effect.Effect<Kept, StateError>
    /** Races that the engine plays from the open turn on, by index; without those that it played before. */
    computers(open: Galaxy): Effect.Effect<ReadonlyMap<number, ComputerLevel>, StateError>
    /** Replaces the races that the engine plays from the open turn on. Returns the file that is on the disk now. */
    keepComputers(open: Galaxy, races: ReadonlyMap<number, ComputerLevel>): Effect.Effect<Kept, StateError>
    /** Everything that was decided for the open turn. */
    decisions(open: Galaxy): Effect.Effect<Decisions, StateError>
    /** Files of the game that ends with this turn: those of turns from `from` on. */
    listing(open: Galaxy, from: number): Effect.Effect<ReadonlyArray<StateFile>, StateError>
    /** The text of one state file, if there is one at that path. */
    sealed(path: string): Effect.Effect<Option.Option<string>, StateError>
    /** Keeps a state file for `takeIn`; its path must be one of `isStatePath`. There must be no game. */
    put(path: string, sealed: string): Effect.Effect<void, StateError>
    /**
     * The game that was put becomes this engine's; none where nothing was put. Fails with `StateBroken` where the files
     * don't make up a game; they stay as they are.
     */
    readonly takeIn: Effect.Effect<Option.Option<Galaxy>, StateError>
  }
>()("@galaxy/engine/host/StateStore") {}

/** The reports of one turn, each written when it is asked for. */
interface Reports {
  readonly turn: number
  readonly races: number
  readonly write: (race: number) => Report
}

/** The reports of a turn; what all of them need is gathered with the first. */
const reportsAfter = ({ galaxy, log }: Made): Reports => {
  let write: ((race: number) => Report) | undefined
  return { turn: galaxy.turn, races: galaxy.races.length, write: (race) => (write ??= reporter(galaxy, log))(race) }
}

const none: Decided = { orders: new Map(), banished: new Set(), computers: new Map() }

/** For making the turn: the orders of people alone. Those of a seat that a computer has taken are its own. */
const decisionsOf = ({ orders, banished }: Decided): Decisions => ({
  orders: new Map([...orders].map(([race, stored]) => [race, stored.orders])),
  banished
})

const make = Effect.fnUntraced(function* (root: string) {
  const files = yield* StateUnavailable.refail(StateFiles.open(root))
  const lock = yield* FolderLock.acquire(root)
  yield* StateUnavailable.refail(StateTransfer.settle(root))
  const transfer = yield* StateTransfer.make(root)
  const describe = yield* stateListing(files)
  const read = readers(files)
  /** What is on the disk for the open turn, if it is known: nobody else writes here. It only changes under `one`. */
  const known = yield* Ref.make<Option.Option<Option.Option<Latest>>>(Option.none())
  const lastReports = yield* Ref.make<Option.Option<Reports>>(Option.none())
  const one = (yield* Semaphore.make(1)).withPermits(1)
  const oneReader = (yield* Semaphore.make(1)).withPermits(1)

  const current = Effect.gen(function* () {
    const before = yield* Ref.get(known)
    if (Option.isSome(before)) return Option.map(before.value, ({ galaxy }) => galaxy)
    const found = yield* StateUnavailable.refail(read.latest())
    yield* Ref.set(known, Option.some(found))
    return Option.map(found, ({ galaxy }) => galaxy)
  })

  /** What is known of the decisions for a turn, without asking the disk. */
  const decided = ({ turn }: Galaxy) =>
    Effect.map(Ref.get(known), (it) =>
      Option.flatten(it).pipe(
        Option.filter(({ galaxy }) => galaxy.turn === turn),
        Option.map((it) => it.decided)
      )
    )

  /** Notes a decision that is on the disk now. */
  const note = (change: (decided: Decided) => Decided) =>
    Ref.update(known, Option.map(Option.map((it: Latest): Latest => ({ ...it, decided: change(it.decided) }))))

  /** Runs a write to its end, one at a time, while the folder is ours. After a failure what was known is forgotten. */
  const writing = <A, E>(write: Effect.Effect<A, E>) =>
    lock.assertHeld.pipe(
      Effect.andThen(StateUnavailable.refail(write)),
      Effect.onError(() => Ref.set(known, Option.none())),
      Effect.uninterruptible,
      one
    )

  /** All races ask for the same turn at about the same time: the first gathers what the others need too. */
  const reportsOf = Effect.fnUntraced(function* (gameId: GameId, turn: number) {
    const last = yield* Ref.get(lastReports)
    if (Option.isSome(last) && last.value.turn === turn) return last.value
    const { log } = yield* read.turnFile(gameId, turn)
    const reports = reportsAfter({ galaxy: yield* read.galaxyAfter(gameId, turn), log })
    yield* Ref.set(lastReports, Option.some(reports))
    return reports
  }, oneReader)

  const report = Effect.fn("StateStore.report")(function* (gameId: GameId, race: number, turn: number) {
    const { races, write } = yield* StateUnavailable.refail(reportsOf(gameId, turn))
    if (race < races) return write(race)
    return yield* new StateBroken({ file: fileOf("galaxy", turn), problem: `has no race ${race}` })
  })

  const keepTurn = Effect.fn("StateStore.keepTurn")(function* ({ galaxy, log }: Made) {
    const { game_id, turn } = galaxy
    yield* writing(
      // The disk takes both at once; only their names have to appear in this order.
      Effect.all(
        [
          files.prepare("turn", fileOf("turns", turn), { game_id, turn, log }),
          files.prepare("galaxy", fileOf("galaxy", turn), galaxy)
        ],
        { concurrency: 2, discard: true }
      ).pipe(
        Effect.andThen(files.publish(fileOf("turns", turn))),
        Effect.andThen(files.publish(fileOf("galaxy", turn))),
        Effect.andThen(Ref.set(lastReports, Option.some(reportsAfter({ galaxy, log })))),
        Effect.andThen(Ref.set(known, Option.some(Option.some({ galaxy, decided: none }))))
      )
    )
  })

  const keepOrders = Effect.fn("StateStore.keepOrders")(function* (
    { game_id, turn }: Galaxy,
    race: number,
    stored: StoredOrders
  ) {
    const { orders, writes: revision } = stored
    const path = ordersFileOf(turn, race)
    const sealed = yield* writing(
      files.ensureFolder(ordersFolderOf(turn)).pipe(
        Effect.andThen(files.write("orders", path, { game_id, turn, race, revision, orders })),
        Effect.tap(() => note((it) => ({ ...it, orders: new Map([...it.orders, [race, stored] as const]) })))
      )
    )
    return { path, revision, sealed }
  })

  const keepBanished = Effect.fn("StateStore.keepBanished")(function* (
    { game_id, turn }: Galaxy,
    races: ReadonlySet<number>
  ) {
    const ascending = [...races].toSorted((a, b) => a - b)
    const path = fileOf("banished", turn)
    const sealed = yield* writing(
      Effect.tap(files.write("banished", path, { game_id, turn, races: ascending }), () =>
        note((it) => ({ ...it, banished: races }))
      )
    )
    // A race is only ever added, so the number of races is that of the writes.
    return { path, revision: ascending.length, sealed }
  })

  const keepComputers = Effect.fnUntraced(function* (
    { game_id, turn }: Galaxy,
    computers: ReadonlyMap<number, ComputerLevel>
  ) {
    const races = [...computers].map(([race, level]) => ({ race, level })).toSorted((a, b) => a.race - b.race)
    const path = fileOf("computers", turn)
    const sealed = yield* writing(
      Effect.tap(files.write("computers", path, { game_id, turn, races }), () => note((it) => ({ ...it, computers })))
    )
    return { path, revision: races.length, sealed }
  })

  const takeIn = writing(
    Effect.gen(function* () {
      if (yield* transfer.isEmpty) return
      const found = yield* readers(yield* transfer.staged).latest()
      if (Option.isNone(found)) return yield* new StateBroken({ file: "galaxy", problem: "holds no galaxy" })
      yield* transfer.accept
      yield* Ref.set(known, Option.none())
    })
  )

  // A folder that can't be used is refused before anything is served.
  yield* current

  return StateStore.of({
    held: lock.assertHeld,
    current: one(current),
    galaxyAfter: (gameId, turn) => StateUnavailable.refail(read.galaxyAfter(gameId, turn)),
    report,
    keepTurn,
    orders: (open, race) =>
      Effect.flatMap(decided(open), (it) =>
        Option.isSome(it)
          ? Effect.succeed(it.value.orders.get(race) ?? unwritten)
          : StateUnavailable.refail(read.orders(open, race))
      ),
    keepOrders,
    banished: (open) =>
      Effect.flatMap(decided(open), (it) =>
        Option.isSome(it) ? Effect.succeed(it.value.banished) : StateUnavailable.refail(read.banished(open))
      ),
    keepBanished,
    computers: (open) =>
      Effect.flatMap(decided(open), (it) =>
        Option.isSome(it) ? Effect.succeed(it.value.computers) : StateUnavailable.refail(read.computers(open))
      ),
    keepComputers,
    decisions: (open) =>
      Effect.flatMap(decided(open), (it) =>
        Effect.map(
          Option.isSome(it) ? Effect.succeed(it.value) : StateUnavailable.refail(read.decided(open)),
          decisionsOf
        )
      ),
    listing: ({ turn }, from) => StateUnavailable.refail(describe(turn, from)),
    sealed: (path) => (isStatePath(path) ? StateUnavailable.refail(files.text(path)) : Effect.succeedNone),
    put: (path, sealed) => writing(transfer.put(path, sealed)),
    takeIn: Effect.andThen(takeIn, one(current))
  })
})

/**
 * The store on a folder, which is made when missing and held while the layer lives. Needs `FolderLocks`, a file system
 * and paths; fails to build when the folder is in use, broken or out of reach.
 */
export const layer = (root: string) => Layer.effect(StateStore, make(root))
