/**
 * Checks of the engine as a program: how it ends, and what it refuses to start with.
 *
 * Damage is done only to copies of the folder. Whatever the files hold, two outcomes are right: exit code 2 with a
 * file's name on standard error, or the unchanged game, in which whatever only older turns need may be refused.
 */
import { cp, lstat, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import * as assert from "../../internal/assert.ts"
import { Effect, Exit, Option } from "effect"
import * as Calls from "./calls.ts"
import {
  type Ended,
  type ProgramUnderTest,
  NotServing,
  NotTried,
  type ProgramCheck,
  type RunningEngine
} from "./Check.ts"
import { begun, ordersOf, races } from "./game.ts"
import { everything } from "./survival.ts"

const [first] = races

/** Far more than the 2 seconds that the platform waits before `SIGKILL`: a busy machine is not the engine's fault. */
const patience = "10 seconds"
const mostFiles = 16

const said = ({ code, signal }: Ended): string => (signal === null ? `exit code ${code ?? "none"}` : signal)

/** How it ended; none if it still runs after `patience`. */
const endIn = <Engine extends RunningEngine>(program: ProgramUnderTest<Engine>, engine: Engine) =>
  Effect.timeoutOption(program.ended(engine), patience)

/** Paths of the files in a folder that aren't empty; a sample if there are many. */
const filesIn = (folder: string) =>
  Effect.promise(async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const paths = entries.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name).slice(folder.length + 1))
    const sizes = await Promise.all(paths.map(async (path) => (await lstat(join(folder, path))).size))
    const full = paths.filter((_, index) => sizes[index] !== 0).toSorted()
    const step = Math.max(1, full.length / mostFiles)
    return Array.from({ length: Math.min(full.length, mostFiles) }, (_, index) => full[Math.floor(index * step)] ?? "")
  })

/** Ways to damage a file: each leaves content that the engine never wrote. */
const damages: ReadonlyArray<{ readonly name: string; readonly of: (bytes: Buffer) => Buffer }> = [
  { name: "cut in half", of: (bytes) => bytes.subarray(0, Math.floor(bytes.byteLength / 2)) },
  {
    name: "with other bytes in its middle",
    of: (bytes) => {
      const at = Math.max(0, Math.floor(bytes.byteLength / 2) - 8)
      return bytes.map((byte, index) => (index >= at && index < at + 16 ? byte ^ 0xff : byte)) as Buffer
    }
  }
]

const isFileOrFolder = async (path: string): Promise<boolean> => {
  const found = await lstat(path)
  return found.isFile() || found.isDirectory()
}

const copyOf = (folder: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const copy = await mkdtemp(join(tmpdir(), "conformance-"))
      await cp(folder, copy, { recursive: true, filter: isFileOrFolder })
      return copy
    }),
    (copy) => Effect.promise(() => rm(copy, { recursive: true, force: true, maxRetries: 3 }))
  )

/** Calls that read every report and every list of orders of a game of one turn. */
const reads = (engine: RunningEngine) =>
  races.flatMap((race) =>
    [0, 1].flatMap((turn) => [Calls.report(engine, race, turn), Calls.orders(engine, race, turn)])
  )

const asItStands = Effect.fnUntraced(function* (engine: RunningEngine) {
  const status = Calls.statusIn(yield* Calls.status(engine))
  return { status, read: (yield* Effect.all(reads(engine))).map(Calls.object) }
})

/** Asserts that the status is as before, and that each read is the same as before or refused as unavailable. */
const unchanged = Effect.fnUntraced(function* (
  engine: RunningEngine,
  before: Effect.Success<ReturnType<typeof asItStands>>,
  about: string
) {
  const status = Calls.statusIn(yield* Calls.status(engine))
  assert.deepStrictEqual(status, before.status, `${about}: it serves a game in another state`)
  for (const [index, read] of reads(engine).entries()) {
    const answer = yield* read
    if (answer.status === 503) Calls.refused(answer, "service_unavailable", about)
    else assert.deepStrictEqual(Calls.object(answer), before.read[index], `${answer.of} (${about}): another answer`)
  }
})

/** `SIGTERM`, the end of standard input, wrong settings and damaged files. */
export const ending: ReadonlyArray<ProgramCheck> = [
  {
    name: "SIGTERM ends it before SIGKILL comes, and what was answered is there again",
    run: Effect.fnUntraced(function* (subject, program) {
      const { engine } = yield* begun(subject)
      const given = yield* ordersOf(subject, engine, first)
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: given }))
      const before = yield* everything(engine)
      yield* program.signal(engine, "SIGTERM")
      assert.isTrue(Option.isSome(yield* endIn(program, engine)), `it still runs ${patience} after SIGTERM`)
      const again = yield* program.startOn(program.folderOf(engine))
      assert.deepStrictEqual(yield* everything(again), before, "after SIGTERM and a new start the game is another")
    })
  },
  {
    name: "with GALAXY_EXIT_WITH_PARENT=1 it ends when standard input ends",
    run: Effect.fnUntraced(function* (subject, program) {
      const { engine } = yield* begun(subject)
      yield* program.endInput(engine)
      assert.isTrue(Option.isSome(yield* endIn(program, engine)), `it still runs ${patience} after its input's end`)
    })
  },
  {
    name: "wrong settings end it with exit code 2",
    run: Effect.fnUntraced(function* (subject, program) {
      const engine = yield* subject.start
      // Nobody else holds the folder: only the settings are wrong.
      yield* program.signal(engine, "SIGKILL")
      yield* program.ended(engine)
      for (const wrong of [{ GALAXY_STATE_DIR: "" }, { GALAXY_ENGINE_ADDR: "nowhere" }, { GALAXY_ENGINE_TOKEN: "" }]) {
        const about = JSON.stringify(wrong)
        const exit = yield* Effect.exit(program.startOn(program.folderOf(engine), wrong))
        assert.isTrue(Exit.isFailure(exit), `${about}: it serves all the same`)
        const error = Option.getOrUndefined(Exit.findErrorOption(exit))
        const ended = error instanceof NotServing ? error.ended : undefined
        assert.strictEqual(ended?.code, 2, `${about}: ${ended === undefined ? "it doesn't end" : said(ended)}`)
      }
    })
  },
  {
    name: "a broken file is refused with exit code 2, or does no harm",
    run: Effect.fnUntraced(function* (subject, program) {
      const { engine } = yield* begun(subject)
      const [one, two] = yield* ordersOf(subject, engine, first)
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: [one] }))
      Calls.statusIn(yield* Calls.turn(engine, 1))
      Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 1, orders: [two] }))
      const before = yield* asItStands(engine)
      yield* program.signal(engine, "SIGKILL")
      yield* program.ended(engine)
      const folder = program.folderOf(engine)
      const files = yield* filesIn(folder)
      if (files.length === 0) return yield* new NotTried({ reason: "there is no file in the state folder" })

      const refused = (ended: Ended, about: string) => {
        assert.strictEqual(
          ended.code,
          2,
          `${about}: it ended with ${said(ended)}; it said: ${ended.stderr.slice(-300)}`
        )
        const named = files.some((file) => ended.stderr.includes(basename(file)))
        assert.isTrue(named, `${about}: no file is named on standard error: ${ended.stderr.slice(-300)}`)
      }

      const tried = Effect.fnUntraced(function* (file: string, damage: (typeof damages)[number]) {
        const about = `${file} ${damage.name}`
        const copy = yield* copyOf(folder)
        yield* Effect.promise(async () => writeFile(join(copy, file), damage.of(await readFile(join(copy, file)))))
        const started = yield* Effect.exit(program.startOn(copy))
        if (Exit.isFailure(started)) {
          const error = Option.getOrUndefined(Exit.findErrorOption(started))
          if (!(error instanceof NotServing) || error.ended === undefined) return yield* started
          return refused(error.ended, about)
        }
        const compared = yield* Effect.exit(unchanged(started.value, before, about))
        if (Exit.isSuccess(compared)) return
        const unanswered = Option.getOrUndefined(Exit.findErrorOption(compared)) instanceof Calls.NoAnswer
        const ended = unanswered ? yield* endIn(program, started.value) : Option.none()
        return Option.isSome(ended) ? refused(ended.value, about) : yield* compared
      })
      const cases = files.flatMap((file) => damages.map((damage) => Effect.scoped(tried(file, damage))))
      yield* Effect.all(cases, { concurrency: 2 })
    })
  }
]
