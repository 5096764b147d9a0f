/** Checks of the state surface, which an engine may do without: it then answers `not_found`. */
import { createHash } from "node:crypto"
import * as assert from "../../internal/assert.ts"
import { StateListing } from "@galaxy/contract/engine/State"
import { Effect, Schema } from "effect"
import * as Calls from "./calls.ts"
import { type Check, type EngineUnderTest, NotTried, type RunningEngine } from "./Check.ts"
import { begun, ordersOf, races } from "./game.ts"

const [first, second, third] = races

const decodeListing = Schema.decodeUnknownSync(StateListing)
const root = "/api/v1/admin/state"

/** What the engine lists; `NotTried` where it has no such surface. */
const listed = Effect.fnUntraced(function* (engine: RunningEngine, query = "") {
  const answer = yield* Calls.send(engine, "GET", `${root}${query}`)
  if (answer.status === 404) return yield* new NotTried({ reason: "the engine has no state surface" })
  return decodeListing(Calls.object(answer))
})

const fileOf = (engine: RunningEngine, path: string) => Calls.send(engine, "GET", `${root}/${path}`)
const put = (engine: RunningEngine, path: string, text: string) =>
  Calls.send(engine, "PUT", `${root}/${path}`, { text, type: "application/octet-stream" })
const open = (engine: RunningEngine) => Calls.send(engine, "POST", `${root}/open`, { text: "{}" })

/** A game of some turns, with orders and a banishment for the open one. */
const played = Effect.fnUntraced(function* <Engine extends RunningEngine>(subject: EngineUnderTest<Engine>) {
  const { engine } = yield* begun(subject)
  const given = yield* ordersOf(subject, engine, first)
  Calls.ordersIn(yield* Calls.order(engine, { actor: first, turn: 0, orders: given }))
  for (const turn of [1, 2]) Calls.statusIn(yield* Calls.turn(engine, turn))
  const open = yield* ordersOf(subject, engine, second, 3)
  Calls.ordersIn(yield* Calls.order(engine, { actor: second, turn: 2, orders: open }))
  Calls.statusIn(yield* Calls.banish(engine, third))
  return engine
})

/** The whole state, file by file. */
const copied = Effect.fnUntraced(function* (engine: RunningEngine) {
  const { files } = yield* listed(engine)
  const texts: Array<readonly [path: string, text: string]> = []
  for (const { path, sha256, size } of files) {
    const answer = yield* fileOf(engine, path)
    assert.strictEqual(answer.status, 200, path)
    assert.strictEqual(createHash("sha256").update(answer.text).digest("hex"), sha256, `${path}: its digest`)
    assert.strictEqual(Buffer.byteLength(answer.text), size, `${path}: its size`)
    texts.push([path, answer.text])
  }
  return texts
})

/** What makes two engines the same game. */
const shown = Effect.fnUntraced(function* (engine: RunningEngine) {
  return {
    status: Calls.statusIn(yield* Calls.status(engine)),
    orders: Calls.ordersIn(yield* Calls.orders(engine, second)),
    report: Calls.object(yield* Calls.report(engine, first, 1))
  }
})

/** Moving a game to another engine by its files, and what is refused on the way. */
export const state: ReadonlyArray<Check> = [
  {
    name: "a game goes on in an engine that was given its state files",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* played(subject)
      const listing = yield* listed(engine)
      assert.strictEqual(listing.turn, 2)
      assert.isNotEmpty(listing.files)
      const texts = yield* copied(engine)
      const other = yield* subject.start
      assert.deepStrictEqual(yield* listed(other), { files: [] }, "without a game there is nothing to list")
      for (const [path, text] of texts) {
        assert.include([200, 204], (yield* put(other, path, text)).status, `PUT of ${path}`)
      }
      Calls.refused(yield* Calls.status(other), "conflict", "nothing is served before the files were checked")
      Calls.statusIn(yield* open(other))
      assert.deepStrictEqual(yield* shown(other), yield* shown(engine))
      assert.deepStrictEqual(yield* listed(other), yield* listed(engine))
      const next = Calls.statusIn(yield* Calls.turn(other, 3))
      assert.deepStrictEqual(next, Calls.statusIn(yield* Calls.turn(engine, 3)), "the same next turn")
    })
  },
  {
    name: "a listing from a turn on has every file that has come or changed since",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* played(subject)
      const before = new Map((yield* listed(engine)).files.map((it) => [it.path, it.sha256]))
      Calls.ordersIn(
        yield* Calls.order(engine, { actor: second, turn: 2, orders: yield* ordersOf(subject, engine, second) })
      )
      Calls.statusIn(yield* Calls.turn(engine, 3))
      const { turn, files } = yield* listed(engine)
      const since = yield* listed(engine, "?from=2")
      assert.strictEqual(since.turn, turn)
      for (const file of since.files) assert.deepInclude(files, file, "as in the whole listing")
      for (const file of files.filter((it) => before.get(it.path) !== it.sha256)) {
        assert.deepInclude(since.files, file, "new since the turn before")
      }
      for (const { path, turn: of } of since.files) if (of !== undefined) assert.isAtLeast(of, 2, path)
    })
  },
  {
    name: "no state file is taken where there is a game, and nothing of it changes",
    run: Effect.fnUntraced(function* (subject) {
      const engine = yield* played(subject)
      const texts = yield* copied(engine)
      const before = yield* shown(engine)
      for (const [path, text] of texts.slice(0, 3)) Calls.refused(yield* put(engine, path, text), "conflict", path)
      // Asked again by who lost the answer: the game is there.
      assert.deepStrictEqual(Calls.statusIn(yield* open(engine)), before.status)
      assert.deepStrictEqual(yield* shown(engine), before)
    })
  },
  {
    name: "a state that is damaged, incomplete or missing isn't opened",
    run: Effect.fnUntraced(function* (subject) {
      const texts = yield* copied(yield* played(subject))
      const nothing = yield* subject.start
      yield* listed(nothing)
      assert.isAtLeast((yield* open(nothing)).status, 400, "nothing was put")
      const [path, text] = texts.toSorted(([, a], [, b]) => b.length - a.length)[0] ?? ["", ""]
      for (const damaged of [text.slice(0, text.length / 2), undefined]) {
        const other = yield* subject.start
        for (const [name, whole] of texts) if (name !== path) yield* put(other, name, whole)
        // Refused when it is put, or when all of it is opened.
        const refused = damaged !== undefined && (yield* put(other, path, damaged)).status >= 400
        const opened = yield* open(other)
        if (!refused || opened.status !== 200) assert.isAtLeast(opened.status, 400, `${path} is cut or missing`)
        if (opened.status !== 200) Calls.refused(yield* Calls.status(other), "conflict")
      }
    })
  },
  {
    name: "a path outside the state is neither read nor written",
    run: Effect.fnUntraced(function* (subject) {
      const { engine } = yield* begun(subject)
      yield* listed(engine)
      const empty = yield* subject.start
      for (const path of [
        "../outside.json",
        "..%2Foutside.json",
        "%2Fetc%2Fpasswd",
        ".incoming/x",
        "lock",
        "%00",
        "%ff",
        "a/b/c",
        `${"x/".repeat(300)}y`
      ]) {
        const read = yield* fileOf(engine, path)
        assert.include([400, 404], read.status, `GET ${path}`)
        const written = yield* put(empty, path, "{}")
        assert.include([400, 404], written.status, `PUT ${path}`)
      }
      Calls.refused(yield* Calls.send(engine, "GET", root, undefined, ""), "unauthorized")
    })
  }
]
