/**
 * Two backends as processes, with the default times: one is killed while the relay has mails of its own, and the other
 * sends them within a minute.
 */
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { backend, folder, gateway, patiently, redis, relayThat } from "./parts.ts"
import { freePort } from "../../../../scripts/lib/serversForTests.ts"

const postgres = serverUrl()
const isThere = postgres !== undefined && redis !== undefined
if (!isThere) console.warn("skipped: mails of a killed backend (no PostgreSQL or no Redis server)")

/** So many mails are with the relay of the backend that is killed. */
const wanted = 4

const many = "1000000,1000000"

const field = (name: string, text: string) => new RegExp(`^${name}: (.*)\\r?$`, "im").exec(text)?.[1] ?? ""
const to = (text: string) => field("To", text)
const messageId = (text: string) => field("Message-ID", text)

describe.skipIf(!isThere)("mails of a backend that is killed", () => {
  it.live(
    "are sent by the other within 60 seconds, under the same Message-ID",
    () =>
      Effect.gen(function* () {
        const { url: database } = yield* cloneUrl(postgres ?? "")
        const relays = [yield* relayThat(() => false), yield* relayThat(() => true)] as const
        const [doomed, other] = yield* Effect.forEach(
          relays,
          Effect.fnUntraced(function* ({ port: smtp }) {
            const dataDir = yield* folder
            const more = { BACKEND_CLUSTER_ADDR: `127.0.0.1:${yield* Effect.promise(freePort)}` }
            return yield* backend({ database, smtp, dataDir, more })
          }),
          { concurrency: 2 }
        )
        if (doomed === undefined || other === undefined) return
        const front = yield* gateway([doomed.ports, other.ports], {
          GATEWAY_BUDGET_PUBLIC_IP: many,
          GATEWAY_BUDGET_PUBLIC_IDENTITY: many
        })

        const asked: Array<string> = []
        const ask = Effect.suspend(() => {
          const email = `player${asked.length}@domain${asked.length}.example.org`
          asked.push(email)
          return PublicEdge.sendEmailCode(front.url, { email })
        })
        // What a mail takes on this machine, as it is.
        const begun = performance.now()
        yield* ask
        yield* Effect.retry(
          Effect.suspend(() => (relays.some(({ mails }) => mails.length > 0) ? Effect.void : Effect.fail("not yet"))),
          patiently
        )
        const slow = Math.max(1, (performance.now() - begun) / 1_000)
        // Whoever is awake first takes some of them, so they are asked for until the one has enough.
        while (relays[0].mails.length < wanted && asked.length < 400) yield* ask
        assert.isAtLeast(relays[0].mails.length, wanted)
        yield* Effect.promise(() => doomed.started.kill("SIGKILL"))
        const killed = performance.now()
        const held = relays[0].mails.slice()
        const missing = () => asked.filter((email) => !relays[1].mails.some((it) => to(it) === email))
        yield* Effect.suspend(() => (missing().length === 0 ? Effect.void : Effect.fail("not yet"))).pipe(
          Effect.retry(patiently),
          Effect.orElseSucceed(() => undefined)
        )
        const tookMs = Math.round(performance.now() - killed)
        assert.deepStrictEqual(missing(), [])
        yield* Effect.sync(() =>
          console.info(
            `${held.length} of ${asked.length} mails were with a killed backend: all sent after ${tookMs} ms`
          )
        )
        for (const mail of held) {
          const again = relays[1].mails.filter((it) => to(it) === to(mail))
          assert.deepStrictEqual(again.map(messageId), [messageId(mail)])
        }
        assert.isBelow(tookMs, 60_000 * slow)
      }).pipe(Effect.scoped),
    300_000
  )
})
