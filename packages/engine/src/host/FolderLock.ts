/**
 * One process at a time in a state folder, by a lock file that names its holder.
 *
 * A lock of a dead process is taken over; a live one is waited for, then refused. Two that take over at once settle who
 * was last, and `assertHeld` before every write stops a holder that was overtaken all the same.
 */
import { Clock, Duration, Effect, FileSystem, Option, Path } from "effect"
import type { PlatformError } from "effect/PlatformError"
import { Processes } from "./Processes.ts"
import { StateBroken, StateInUse, StateLost, StateUnavailable } from "./StateError.ts"

export const lockName = "lock"

/** How long a live holder is waited for; a process that was told to end needs a moment. */
const patience = Duration.seconds(5)
const pollEvery = Duration.millis(100)
/** A holder writes its name right after it makes the file: one without a name for this long has died in between. */
const namelessFor = Duration.seconds(1)
const settling = Duration.millis(200)

export interface FolderLock {
  /** Fails when another process has taken the folder. */
  readonly assertHeld: Effect.Effect<void, StateLost | StateUnavailable>
}

const hasReason = (tag: string) => (error: PlatformError) => error.reason._tag === tag

/** Holds the folder until the scope closes. The folder must exist. */
export const acquire = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const processes = yield* Processes
  const file = path.join(folder, lockName)

  const holder = fs.readFileString(file).pipe(
    Effect.map((text) => Option.some(text.trim())),
    Effect.catchIf(hasReason("NotFound"), () => Effect.succeedNone)
  )

  const create = fs.writeFileString(file, `${processes.self}\n`, { flag: "wx" }).pipe(
    Effect.as(true),
    Effect.catchIf(hasReason("AlreadyExists"), () => Effect.succeed(false))
  )

  /** Puts our name in place of a dead one; whoever does so last has it. */
  const overtake = Effect.gen(function* () {
    const mine = path.join(folder, `.${lockName}.${processes.self.replaceAll(/[^0-9A-Za-z]/g, "-")}`)
    yield* fs.writeFileString(mine, `${processes.self}\n`)
    yield* fs.rename(mine, file)
    yield* Effect.sleep(settling)
    const now = yield* holder
    return Option.isSome(now) && now.value === processes.self
  })

  const isFile = fs.stat(file).pipe(
    Effect.map(({ type }) => type === "File"),
    Effect.catchIf(hasReason("NotFound"), () => Effect.succeed(true))
  )
  if (!(yield* StateUnavailable.refail(isFile))) {
    return yield* new StateBroken({ file: lockName, problem: "is not a file" })
  }

  const since = yield* Clock.monotonicTimeNanos
  const attempt: Effect.Effect<void, PlatformError | StateInUse> = Effect.gen(function* () {
    if (yield* create) return
    const waited = Duration.nanos((yield* Clock.monotonicTimeNanos) - since)
    const named = Option.getOrElse(yield* holder, () => "")
    const dead =
      named === "" ? Duration.isGreaterThanOrEqualTo(waited, namelessFor) : !(yield* processes.isAlive(named))
    if (dead && (yield* overtake)) return
    if (Duration.isGreaterThanOrEqualTo(waited, patience)) {
      return yield* new StateInUse({ folder, holder: named === "" ? "an unnamed process" : `process ${named}` })
    }
    yield* Effect.sleep(pollEvery)
    return yield* attempt
  })

  const isMine = Effect.map(holder, (it) => Option.isSome(it) && it.value === processes.self)
  const release = Effect.flatMap(isMine, (mine) => (mine ? fs.remove(file) : Effect.void))

  yield* Effect.acquireRelease(StateUnavailable.refail(attempt), () => Effect.ignore(release))
  const lock: FolderLock = {
    assertHeld: StateUnavailable.refail(
      Effect.flatMap(isMine, (mine) => (mine ? Effect.void : Effect.fail(new StateLost({ folder }))))
    )
  }
  return lock
})
