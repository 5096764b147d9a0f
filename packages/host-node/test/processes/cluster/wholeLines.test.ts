/** What several processes write at once comes out in whole lines. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { PassThrough } from "node:stream"
import { wholeLines } from "@galaxy/host-node/processes/cluster/wholeLines"
import { assert, it } from "vitest"

const read = (...parts: ReadonlyArray<string | Buffer>) => {
  const from = new PassThrough()
  const printed: Array<string> = []
  wholeLines(from, (lines) => void printed.push(lines))
  return new Promise<Array<string>>((done) => {
    from.on("end", () => setImmediate(() => done(printed)))
    const [first, ...more] = parts
    if (first !== undefined) from.write(first)
    let turn: Promise<void> = Promise.resolve()
    for (const part of more) turn = turn.then(() => new Promise((next) => from.write(part, () => setImmediate(next))))
    void turn.then(() => from.end())
  })
}

it("a line goes on when it is whole, and the last one gets its end", async () => {
  assert.deepStrictEqual(await read("on", "e\ntwo\nth", "ree\n", "four"), ["one\ntwo\n", "three\n", "four\n"])
  const star = Buffer.from("★\n")
  assert.deepStrictEqual(await read(star.subarray(0, 1), star.subarray(1)), ["★\n"])
  assert.deepStrictEqual(await read(), [])
})

it("a line without an end is cut where it gets too long", async () => {
  const piece = "x".repeat(400_000)
  const printed = await read(piece, piece, piece, "\nshort\n")
  assert.deepStrictEqual(
    printed.map((it) => it.length),
    [1_200_001, 7]
  )
})

it("long lines of several processes don't tear each other", { timeout: 20_000 }, async () => {
  const program = `const line = process.argv[1].repeat(60_000) + "\\n"; for (let n = 0; n < 20; n++) process.stdout.write(line)`
  let text = ""
  await Promise.all(
    ["a", "b", "c"].map(async (letter) => {
      const child = spawn(process.execPath, ["-e", program, letter], { stdio: ["ignore", "pipe", "ignore"] })
      wholeLines(child.stdout, (lines) => {
        text += lines
      })
      await once(child, "close")
    })
  )
  const lines = text.trimEnd().split("\n")
  assert.strictEqual(lines.length, 60)
  for (const line of lines)
    assert.isTrue(["a", "b", "c"].includes(line.slice(0, 1)) && line === line.slice(0, 1).repeat(60_000))
})
