/** The table of conformance, over real sockets: every protocol, codec and encoding on every channel. */
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { certificate, hasOpenssl } from "../certificate.ts"
import type { GatewayOptions } from "@galaxy/host-node/gateway/GatewayServer"
import * as Fixture from "../fixture.ts"
import { channelsTo } from "./channels.ts"
import { type Grant, grants } from "./Row.ts"
import { run, type Way } from "./run.ts"
import { start } from "./stand.ts"
import { table } from "./table.ts"

const scope = Scope.makeUnsafe()
let ways: ReadonlyArray<Way> = []

const one = { burst: 1, perSecond: 0.001 }
const options: { readonly [G in Grant]: Partial<GatewayOptions> } = {
  usual: {},
  "one call": { budgets: { ...Fixture.generous.budgets, session: one } },
  "one failure": { budgets: { ...Fixture.generous.budgets, failuresIp: one } }
}

const waysTo = async (grant: Grant): Promise<ReadonlyArray<Way>> => {
  const begin = (more = {}) => Effect.runPromise(Scope.provide(start({ ...options[grant], ...more }), scope))
  const tls = hasOpenssl && grant === "usual" ? certificate() : undefined
  const plain = await begin()
  const encrypted = tls === undefined ? undefined : await begin({ tls })
  const channels = channelsTo(plain.url, encrypted && { url: encrypted.url, ca: tls?.cert ?? "" })
  return channels.map((channel) => ({
    grant,
    channel,
    stand: channel.name.includes("TLS") ? (encrypted ?? plain) : plain
  }))
}

beforeAll(async () => {
  ways = (await Promise.all(grants.map(waysTo))).flat()
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
