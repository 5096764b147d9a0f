/** What is asked of the database is the same whatever the answer hides: time can't tell what the words don't. */
import * as net from "node:net"
import { AuthSettings } from "@galaxy/core/auth/AuthSettings"
import { Challenges } from "@galaxy/core/auth/Challenges"
import { layerPostgres, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Clock, Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { address, codeOf, confirmation, signIn, wrong } from "./fixture.ts"

/**
 * The messages that the busiest connection has sent since the last look: their types, `B` with the name of what it runs.
 * Other connections listen, and now and then ask whether anybody is there.
 */
class Wire extends Context.Service<Wire, { readonly take: () => ReadonlyArray<string> }>()("test/Wire") {}

/** Reads the messages of one client; the first has no type. */
const reader = (note: (message: string) => void) => {
  let rest = Buffer.alloc(0)
  let started = false
  return (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const at = started ? 1 : 0
      if (rest.length < at + 4) return
      const end = at + rest.readUInt32BE(at)
      if (rest.length < end) return
      const type = started ? String.fromCharCode(rest[0] ?? 0) : "startup"
      // Of no portal's name, but a statement's.
      note(type === "B" ? `B ${rest.toString("latin1", 5, end).split("\0")[1]}` : type)
      rest = rest.subarray(end)
      started = true
    }
  }
}

/** The server at `url`, through a listener that writes down what it is asked. */
const watched = (url: string) =>
  Effect.gen(function* () {
    const target = new URL(url)
    const connections: Array<Array<string>> = []
    const sockets = new Set<net.Socket>()
    const server = yield* Effect.acquireRelease(
      Effect.promise(
        () =>
          new Promise<net.Server>((resolve) => {
            const made = net.createServer((client) => {
              const upstream = net.connect(Number(target.port || "5432"), target.hostname)
              for (const it of [client, upstream]) {
                sockets.add(it)
                it.on("error", () => undefined)
              }
              const messages: Array<string> = []
              connections.push(messages)
              client.on(
                "data",
                reader((message) => messages.push(message))
              )
              client.pipe(upstream).pipe(client)
            })
            made.listen(0, "127.0.0.1", () => resolve(made))
          })
      ),
      (it) =>
        Effect.sync(() => {
          for (const socket of sockets) socket.destroy()
          it.close()
        })
    )
    const through = new URL(url)
    through.host = `127.0.0.1:${(server.address() as net.AddressInfo).port}`
    const take = () =>
      connections.map((it) => it.splice(0)).reduce((busiest, it) => (it.length > busiest.length ? it : busiest), [])
    return { url: through.toString(), wire: { take } }
  })

onPostgres((_, server) => {
  const database = Layer.unwrap(
    Effect.gen(function* () {
      const { url, wire } = yield* watched(server)
      return Layer.merge(layerPostgres(url, 1), Layer.succeed(Wire, wire))
    })
  ).pipe(Layer.orDie)

  /** What one call asks, once everything in it is prepared. */
  const asked = <A, E, R>(call: Effect.Effect<A, E, R>) =>
    Effect.gen(function* () {
      const { take } = yield* Wire
      take()
      yield* Effect.exit(call)
      return take()
    })

  layer(signIn(database).pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })(
    "statements of signing in",
    (it) => {
      it.effect("confirming with no right code: the same for any challenge, there or not, and one row is written", () =>
        Effect.gen(function* () {
          const challenges = yield* Challenges
          const sql = yield* SqlClient.SqlClient
          const { maxAttempts } = yield* AuthSettings
          const made = Effect.flatMap(challenges.send({ email: address() }), (id) =>
            Effect.map(codeOf(id), (code) => ({ id, code }))
          )
          const versions = Effect.map(
            sql<{ id: string; version: string }>`
            SELECT challenge_id AS id, xmin::text AS version FROM backend.auth_challenges`,
            (rows) => new Map(rows.map((it) => [it.id, it.version]))
          )
          const guess = (id: string, code: string) =>
            Effect.gen(function* () {
              const before = yield* versions
              const messages = yield* asked(challenges.confirm(confirmation(id, code)))
              const after = yield* versions
              return { messages, written: [...after].filter(([row, version]) => before.get(row) !== version).length }
            })
          const live = yield* made
          const used = yield* made
          yield* challenges.confirm(confirmation(used.id, used.code))
          const burnt = yield* made
          for (let times = 0; times < maxAttempts; times++) yield* guess(burnt.id, wrong(burnt.code))
          const expired = yield* made
          const now = new Date(yield* Clock.currentTimeMillis)
          yield* sql`UPDATE backend.auth_challenges SET expires_at = ${now} WHERE challenge_id = ${expired.id}`
          const first = yield* guess(live.id, wrong(live.code))
          assert.isAbove(first.messages.length, 3)
          assert.strictEqual(first.written, 1)
          for (const [path, id, code] of [
            ["live", live.id, wrong(live.code)],
            ["unknown", crypto.randomUUID(), "12345678"],
            ["unknown, of another form", "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a", "12345678"],
            ["used", used.id, used.code],
            ["burnt", burnt.id, burnt.code],
            ["expired", expired.id, expired.code],
            ["decoy", "00000000-0000-0000-0000-000000000042", "12345678"]
          ] as const) {
            assert.deepStrictEqual(yield* guess(id, code), first, path)
          }
        })
      )

      it.effect("asking for a code: the same whether one is mailed, the last stands, or none is sent", () =>
        Effect.gen(function* () {
          const challenges = yield* Challenges
          const email = address()
          // What keeps work runs another statement than what takes it back, as often.
          const ask = (sourceIp: string) =>
            Effect.map(asked(challenges.send({ email, sourceIp })), (messages) => messages.map((it) => it.slice(0, 1)))
          yield* TestClock.adjust("1 day")
          yield* ask("198.51.100.1")
          yield* ask("198.51.100.1")
          const mailed = yield* ask("198.51.100.7")
          const last = yield* ask("198.51.100.7")
          yield* Effect.forEach(Arr.range(1, 60), (index) => challenges.send({ email, sourceIp: `10.0.${index}.1` }))
          const silent = yield* ask("203.0.113.9")
          assert.isAbove(mailed.length, 8)
          assert.deepStrictEqual(last, mailed)
          assert.deepStrictEqual(silent, mailed)
        })
      )
    }
  )
})
