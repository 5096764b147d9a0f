import { PassThrough } from "node:stream"
import { setImmediate as turn } from "node:timers/promises"
import { LineBatch } from "@galaxy/host-node/logging/LineBatch"
import { assert, it } from "@effect/vitest"

/** What the stream was asked to write, in one piece each. */
const batch = () => {
  const pieces: Array<string> = []
  const stream = new PassThrough()
  stream.write = (piece: string) => pieces.push(piece) > 0
  return { lines: new LineBatch(stream), pieces }
}

it("lines of one turn are one write, at its end", async () => {
  const { lines, pieces } = batch()
  lines.later("a")
  lines.later("b")
  assert.deepStrictEqual(pieces, [])
  await turn()
  assert.deepStrictEqual(pieces, ["a\nb\n"])
  await turn()
  assert.strictEqual(pieces.length, 1)
})

it("a line that is written at once comes after those that wait", () => {
  const { lines, pieces } = batch()
  lines.later("a")
  lines.write("b")
  assert.deepStrictEqual(pieces, ["a\n", "b\n"])
})

it("no batch is longer than what a pipe takes in one piece, unless one line is", () => {
  const { lines, pieces } = batch()
  const long = "π".repeat(5_000)
  for (const line of ["x".repeat(2_000), "y".repeat(2_000), "é".repeat(100), long, "z"]) lines.later(line)
  lines.flush()
  lines.flush()
  assert.deepStrictEqual(
    pieces.map((it) => Buffer.byteLength(it)),
    [4_002, 201, 10_001, 2]
  )
})
