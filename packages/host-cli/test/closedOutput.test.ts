/** What becomes of a run whose reader has gone, as `head` does: reads end, mutations run to their end. */
import { Effect } from "effect"
import { sink } from "galaxy-admin/host/nodeHost"
import { Writable } from "node:stream"
import { expect, it } from "vitest"
import { cli, json } from "./cli.ts"
import { sampleServer } from "./samples.ts"

const ids = [1, 2, 3].map((it) => `0190a0b0-0000-7000-8000-00000000000${it}`)

it("a stream whose reader has gone takes no more, and ends nothing", async () => {
  const stream = Object.assign(
    new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))
    }),
    { fd: -1, columns: 80 }
  )
  const stdout = sink(stream)
  expect(stdout.closed).toBe(false)
  await Effect.runPromise(Effect.andThen(stdout.write("one"), stdout.write("two")))
  expect(stdout.closed).toBe(true)
})

it("a mutation of many targets is done for all of them, and says by its exit code how it went", async () => {
  let calls = 0
  const ran = await cli(["game", "pause", "-", "--yes", "--keep-going", "--jobs", "1"], {
    input: ids.join("\n"),
    closedAfter: 0,
    fetch: (request) => {
      calls++
      return calls === 2 ? json({ error: { code: "conflict", message: "no" } }, 409) : sampleServer(request)
    }
  })
  expect([ran.code, calls]).toEqual([3, 3])
})

it("a list reads no more pages, and a watch ends", async () => {
  let pages = 0
  const list = await cli(["game", "list"], {
    closedAfter: 0,
    fetch: () => json({ games: [{ game_id: ids[0] }], next_cursor: `c${++pages}` })
  })
  expect([list.code, pages]).toEqual([0, 1])
  const watch = await cli(["watch", "game", ids[0] ?? ""], { closedAfter: 0, fetch: sampleServer })
  expect(watch.code).toBe(0)
})
