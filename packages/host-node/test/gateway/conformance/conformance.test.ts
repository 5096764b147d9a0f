/** The table of conformance, over real sockets: every protocol, codec and encoding on every channel. */
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { certificate, hasOpenssl } from "../certificate.ts"
import { channelsTo } from "./channels.ts"
import { run, type Way } from "./run.ts"
import { start } from "./stand.ts"
import { table } from "./table.ts"

if (!hasOpenssl) console.log("there is no openssl: the table is run without TLS")

const scope = Scope.makeUnsafe()
let ways: ReadonlyArray<Way> = []

beforeAll(async () => {
  const begin = (options = {}) => Effect.runPromise(Scope.provide(start(options), scope))
  const tls = hasOpenssl ? certificate() : undefined
  const plain = await begin()
  const encrypted = tls === undefined ? undefined : await begin({ tls })
  const channels = channelsTo(plain.url, encrypted && { url: encrypted.url, ca: tls?.cert ?? "" })
  ways = channels.map((channel) => ({ channel, stand: channel.name.includes("TLS") ? (encrypted ?? plain) : plain }))
})

afterAll(async () => {
  for (const { channel } of ways) channel.close()
  await Effect.runPromise(Scope.close(scope, Exit.void))
})

for (const { rows, title } of table) {
  // oxlint-disable-next-line vitest/valid-title -- a name
  describe(title, () => {
    for (const row of rows) {
      // oxlint-disable-next-line vitest/valid-title, vitest/expect-expect -- a row says what it expects
      it(row.what, { timeout: 60_000 }, () => run(row, ways))
    }
  })
}
