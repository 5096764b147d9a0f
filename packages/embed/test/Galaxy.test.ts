import { createServer } from "node:net"
import { createGalaxy, type Galaxy } from "@galaxy/embed/Galaxy"
import { GalaxyClosed, GalaxyStartFailed } from "@galaxy/embed/errors"
import type { GalaxyOptions } from "@galaxy/embed/options"
import { TransactionOver } from "@galaxy/embed/transaction"
import { Pool } from "pg"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { asGateway, codeFor, database, type Door, optionsOf, Seen, sendCode, serverUrl, started } from "./fixture.ts"

const failure = async (options: GalaxyOptions): Promise<GalaxyStartFailed> =>
  createGalaxy(options).then(
    async (galaxy) => {
      await galaxy.close()
      throw new Error("it started")
    },
    (cause: unknown) => {
      if (cause instanceof GalaxyStartFailed) return cause
      throw cause
    }
  )

/** A port on which nobody listens. */
const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

describe("options that can't work", () => {
  const good = optionsOf("postgres://galaxy@127.0.0.1:1/galaxy")

  it.each<[string, Partial<Record<keyof GalaxyOptions, unknown>>, string]>([
    ["no database", { database: undefined }, "database is missing"],
    ["a pool that is none", { database: { pool: {} } }, "database.pool must be a Pool"],
    ["a pool that pipelines", { database: { pool: new Pool({ pipeline: true }) } }, "pipeline"],
    ["a database of another kind", { database: "mysql://localhost/x" }, "database must be a URL"],
    ["no secret", { secret: undefined }, "secret is missing"],
    ["a short secret", { secret: "c2hvcnQ=" }, "secret must be 32 bytes"],
    ["a secret that isn't base64", { secret: "%%%" }, "secret must be 32 bytes"],
    ["nobody who may call", { access: undefined }, "access must be"],
    ["an empty token", { access: { gatewayToken: undefined } }, "access must be"],
    ["a short token", { access: { gatewayToken: "short" } }, "16 characters"],
    ["no sender", { mail: { send: good.mail.send } }, "mail.from"],
    ["a sender with a second header", { mail: { from: "a@b.c\r\nBcc: d@e.f", send: good.mail.send } }, "mail.from"],
    ["nobody who sends", { mail: { from: "a@example.org" } }, "mail.send"],
    ["no word on engines", { engines: undefined }, "engines"],
    ["engines that can't be stopped", { engines: { versions: {}, start: async () => ({}) } }, "stop, discard"],
    ["no password", { admin: { user: "admin", password: undefined } }, "12 characters"],
    ["no name", { admin: { password: "a-long-password" } }, "admin.user"],
    ["a short password", { admin: { user: "admin", password: "short" } }, "12 characters"]
  ])("%s", async (_, change, words) => {
    const { code, message } = await failure({ ...good, ...change } as GalaxyOptions)
    expect(code).toBe("invalid_options")
    expect(message).toContain(words)
  })

  it("a database that is down: one rejection, which says so without the password", async () => {
    const { code, message } = await failure(
      optionsOf(`postgres://galaxy:a-password@127.0.0.1:${await freePort()}/galaxy`)
    )
    expect(code).toBe("database_unreachable")
    expect(message).toContain("ECONNREFUSED")
    expect(message).not.toContain("a-password")
  })

  it("a pool whose database is down: one rejection, which says so", async () => {
    const pool = new Pool({ host: "127.0.0.1", port: await freePort(), user: "galaxy", password: "a-password" })
    const { code, message } = await failure({ ...good, database: { pool } })
    expect(code).toBe("database_unreachable")
    expect(message).toContain("ECONNREFUSED")
    expect(pool.totalCount).toBe(0)
    await pool.end()
  })
})

describe.skipIf(serverUrl === undefined).each<Door>(["a URL", "a pool"])(
  "a Galaxy inside another program, by %s",
  (door) => {
    const made = database(door)
    const seen = new Seen()
    const admin = { user: "root", password: "a-long-password" }
    let galaxy: Galaxy
    beforeAll(async () => {
      if (serverUrl !== undefined) galaxy = await started(made.door, seen, { admin })
    })
    afterAll(() => galaxy?.close())

    it("sends a login code by the program's own mail function, and signs its reader in", async () => {
      expect((await galaxy.fetch(asGateway("/readyz"))).status).toBe(200)
      const code = await codeFor(galaxy, seen, "ada@example.org")
      expect(code).toMatch(/^\d{8}$/)
      expect(seen.mails[0]).toMatchObject({
        from: "Club <club@example.org>",
        messageId: expect.stringMatching(/^<.*>$/)
      })
    })

    it("lets nobody in without the token, and no page of another site change anything", async () => {
      const bare = new Request(`http://galaxy${sendCode}`, { method: "POST", body: "{}" })
      expect((await galaxy.fetch(bare)).status).toBe(401)
      const foreign = asGateway(sendCode, { email: "a@example.org" }, { origin: "https://elsewhere.example" })
      expect((await galaxy.fetch(foreign)).status).toBe(403)
      const page = asGateway(sendCode, { email: "a@example.org" }, { "sec-fetch-site": "cross-site" })
      expect((await galaxy.fetch(page)).status).toBe(403)
    })

    it("says so when the body of a request was read before", async () => {
      const request = asGateway(sendCode, { email: "a@example.org" })
      await request.text()
      const answer = await galaxy.fetch(request)
      expect(answer.status).toBe(500)
      expect(await answer.text()).toContain("before body parsers")
    })

    it("makes an administrator", async () => {
      const authorization = `Basic ${btoa(`${admin.user}:${admin.password}`)}`
      const request = new Request("http://galaxy/api/v1/admin/engine-versions", { headers: { authorization } })
      expect((await galaxy.fetch(request)).status).toBe(200)
    })

    it("keeps a second backend away from its database", async () => {
      const { code } = await failure(optionsOf(made.door, new Seen(), { lockWaitMs: 0 }))
      expect(code).toBe("database_in_use")
    })

    it("is over after close: calls under way end, it answers 503, and its database is free", async () => {
      const inside = Promise.withResolvers<void>()
      const go = Promise.withResolvers<void>()
      const underWay = galaxy.transaction(async ({ sql }) => {
        inside.resolve()
        await go.promise
        return sql`SELECT 1 AS one`
      })
      await inside.promise
      const closed = Promise.all([galaxy.close(), galaxy.close()])
      await expect(galaxy.sql`SELECT 1`).rejects.toBeInstanceOf(GalaxyClosed)
      go.resolve()
      expect(await underWay).toEqual([{ one: 1 }])
      await closed
      const answer = await galaxy.fetch(asGateway("/healthz"))
      expect(answer.status).toBe(503)
      expect(answer.headers.get("retry-after")).toBe("5")
      await using again = await started(made.door, new Seen(), { lockWaitMs: 0 })
      expect((await again.fetch(asGateway("/healthz"))).status).toBe(200)
    })

    it("cuts off a transaction that takes longer than it waits, and nothing of it is left", async () => {
      const cutting = await started(made.door, new Seen(), { lockWaitMs: 0 })
      await cutting.sql`CREATE TABLE halves (n int)`
      const inside = Promise.withResolvers<void>()
      const go = Promise.withResolvers<void>()
      const late = Promise.withResolvers<unknown>()
      const underWay = cutting.transaction(async ({ sql }) => {
        await sql`INSERT INTO halves VALUES (1)`
        inside.resolve()
        await go.promise
        late.resolve(await sql`INSERT INTO halves VALUES (2)`.catch((cause: unknown) => cause))
      })
      const outcome = underWay.catch((cause: unknown) => cause)
      await inside.promise
      await cutting.close({ timeoutMs: 200 })
      expect(await outcome).toBeInstanceOf(GalaxyClosed)
      // The program doesn't know of it yet, and goes on.
      go.resolve()
      expect(await late.promise).toBeInstanceOf(TransactionOver)
      await using again = await started(made.door, new Seen(), { lockWaitMs: 0 })
      expect(await again.sql`SELECT n FROM halves`).toEqual([])
    })
  }
)
