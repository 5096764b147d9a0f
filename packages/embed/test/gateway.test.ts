import { createServer } from "node:net"
import { createGalaxy, type Galaxy } from "@galaxy/embed/Galaxy"
import { GalaxyClosed } from "@galaxy/embed/errors"
import { createGateway, type GatewayOptions } from "@galaxy/embed/gateway"
import { kind } from "@galaxy/embed/kinds"
import { servePush } from "@galaxy/embed/push"
import { PushSource } from "@galaxy/edge/hub/PushSource"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import { signIn } from "@galaxy/testkit/players"
import { Effect, Option, Queue, Redacted, Schema, Stream } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { database, optionsOf, playersAt, Seen, serverUrl, token } from "./fixture.ts"

const signingKey = new Uint8Array(32).fill(9)

const kinds = { "club.match": kind({ payload: Schema.toStandardSchemaV1(Schema.Struct({ title: Schema.String })) }) }

describe.skipIf(serverUrl === undefined)("a gateway beside its Galaxy", () => {
  const made = database()
  const seen = new Seen()
  let galaxy: Galaxy<typeof kinds>
  beforeAll(async () => {
    if (serverUrl !== undefined) galaxy = await createGalaxy({ ...optionsOf(made.url, seen), kinds })
  })
  afterAll(() => galaxy?.close())

  it("signs a client in, makes its calls and sends it events, our own and the program's", async () => {
    await using gateway = await createGateway({ backend: galaxy, signingKey, replay: "memory" })
    const baseUrl = await gateway.listen({ port: 0 })

    const events = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { client, userId } = yield* signIn("Ada")
          const queue = yield* Queue.unbounded<{ type: string; payloadBytes: Uint8Array }>()
          const notify = (key: string, title: string) =>
            Effect.promise(() => galaxy.notify("club.match", { userId, key, payload: { title } }))
          yield* notify("1", "seen")
          yield* notify("2", "before")
          yield* Effect.forkScoped(Stream.runForEach(client.events({ after: 1 }), (event) => Queue.offer(queue, event)))
          const first = yield* Queue.take(queue)
          // The stream is open: this one comes through the broker.
          yield* notify("3", "live")
          return [first, yield* Queue.take(queue)]
        })
      ).pipe(Effect.provide(playersAt(baseUrl, seen.mails)), Effect.timeout("60 seconds"))
    )
    const texts = events.map((it) => [it.type, new TextDecoder().decode(it.payloadBytes)])
    expect(texts).toEqual([
      ["club.match", `{"title":"before"}`],
      ["club.match", `{"title":"live"}`]
    ])
    expect((await fetch(`${baseUrl}/readyz`)).status).toBe(200)
  })

  it("says what is wrong with its options, its store or its port", async () => {
    const refused = (options: Partial<GatewayOptions>) =>
      createGateway({ backend: galaxy, signingKey, replay: "memory", ...options }).catch((cause: unknown) => cause)
    expect(await refused({ signingKey: undefined })).toMatchObject({ code: "invalid_options" })
    expect(await refused({ replay: { redis: undefined } })).toMatchObject({ code: "invalid_options" })
    expect(await refused({ replay: { redis: "redis://127.0.0.1:1" } })).toMatchObject({ code: "failed" })

    const taken = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => taken.once("listening", resolve))
    await using gateway = await createGateway({ backend: galaxy, signingKey, replay: "memory" })
    const address = taken.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    await expect(gateway.listen({ port })).rejects.toMatchObject({ code: "port_unavailable" })
    taken.close()
  })

  it("serves the client for browsers where it is asked to", async () => {
    const listen = async (page?: { readonly folder: string }) => {
      await using gateway = await createGateway({ backend: galaxy, signingKey, replay: "memory" })
      const url = await gateway.listen({ port: 0, ...(page && { page }) })
      return (await fetch(url)).status
    }
    expect(await listen()).toBe(404)
    await expect(listen({ folder: "/nowhere/at/all" })).rejects.toMatchObject({ code: "failed" })
  })

  it("can run elsewhere, and hears of events by the push stream", async () => {
    const push = await servePush(galaxy, { port: 0 })
    const frames = (token: string) =>
      PushSource.pipe(
        Effect.flatMap((source) => Stream.runHead(source.frames(""))),
        Effect.provide(
          GrpcPushSource.layer({
            urls: [`http://127.0.0.1:${push.port}`],
            clientId: "far",
            token: Redacted.make(token)
          })
        ),
        Effect.match({ onFailure: ({ message }) => message, onSuccess: (frame) => Option.getOrUndefined(frame)?.type })
      )
    expect(await Effect.runPromise(frames(token))).toBe("resume")
    expect(await Effect.runPromise(frames("another-token-of-tests"))).toContain("token")
    await push.close()
  })

  it("ends with its Galaxy, and is refused by one that is closed", async () => {
    const gateway = await createGateway({ backend: galaxy, signingKey, replay: "memory" })
    const url = await gateway.listen({ port: 0 })
    await galaxy.close()
    await expect(fetch(`${url}/readyz`)).rejects.toBeInstanceOf(TypeError)
    await expect(gateway.listen({ port: 0 })).rejects.toBeInstanceOf(GalaxyClosed)
    const late = createGateway({ backend: galaxy, signingKey, replay: "memory" })
    await expect(late).rejects.toBeInstanceOf(GalaxyClosed)
  })
})
