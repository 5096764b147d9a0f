/**
 * A player's event stream through the gateway of an embedded Galaxy: an event from before it was open, and one that comes
 * while it is. Prints what has come, and ends by itself.
 */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { createGateway } from "@galaxy/embed/gateway"
import { kind } from "@galaxy/embed/kinds"
import { Effect, Schema, Stream } from "effect"

const code = Promise.withResolvers<string>()
const galaxy = await createGalaxy({
  database: process.env["DATABASE_URL"],
  secret: new Uint8Array(32).fill(7),
  access: { trustedNetwork: true },
  mail: {
    from: "Club <club@example.org>",
    send: async ({ text }) => {
      const found = /\b\d{8}\b/.exec(text)
      if (found !== null) code.resolve(found[0])
    }
  },
  engines: "none",
  kinds: { "club.match": kind({ payload: Schema.toStandardSchemaV1(Schema.Struct({ title: Schema.String })) }) }
})
const gateway = await createGateway({ backend: galaxy, signingKey: new Uint8Array(32).fill(9), replay: "memory" })
const baseUrl = await gateway.listen({ port: 0 })

const seen = Effect.gen(function* () {
  const key = yield* Effect.promise(() => DeviceKey.generate())
  const challengeId = yield* PublicEdge.sendEmailCode(baseUrl, { email: "ada@example.org" })
  const mailed = yield* Effect.promise(() => code.promise)
  const deviceSessionId = yield* PublicEdge.confirmEmailCode(baseUrl, {
    challengeId,
    code: mailed,
    key,
    timeZone: "UTC"
  })
  const client = yield* GalaxyClient.make({ baseUrl, session: { deviceSessionId, key } })
  const { user_id: userId } = yield* client.call("user.account.get", {})
  const notify = (title: string) =>
    Effect.promise(() => galaxy.notify("club.match", { userId, key: title, payload: { title } }))
  yield* notify("seen")
  yield* notify("before")
  return yield* client.events({ after: 1 }).pipe(
    Stream.map((event) => new TextDecoder().decode(event.payloadBytes)),
    // The stream is open by then, so this one comes through the broker.
    Stream.tap((text) => (text.includes("before") ? notify("live") : Effect.void)),
    Stream.take(2),
    Stream.runCollect
  )
})
const texts = await Effect.runPromise(Effect.timeout(seen, "60 seconds"))
await galaxy.close()
console.log(JSON.stringify([...texts]))
