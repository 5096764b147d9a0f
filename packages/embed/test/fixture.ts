/** Galaxies for tests, on a database of their own, with mails in a list. */
import { createGalaxy, type Galaxy } from "@galaxy/embed/Galaxy"
import type { Mail } from "@galaxy/embed/mail"
import type { GalaxyOptions, LogLine } from "@galaxy/embed/options"
import { Galaxy as TestGalaxy } from "@galaxy/testkit/Galaxy"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { Effect, Exit, Layer, Scope } from "effect"
import { Pool } from "pg"
import { afterAll, beforeAll, expect } from "vitest"

export const token = "a-gateway-token-of-tests"
export const serverUrl = TestDatabase.serverUrl()
if (serverUrl === undefined) console.warn("skipped: embedding (GALAXY_TEST_DATABASE_URL names no server)")

/** How a Galaxy reaches its database: by its URL, or by a pool of the program's own. */
export type Door = "a URL" | "a pool"

/** Options of a Galaxy on a database: its URL, or what it is to use. */
export type On = NonNullable<GalaxyOptions["database"]>

/** A database for all tests of a file, and the door to it. */
export const database = (door: Door = "a URL") => {
  const scope = Scope.makeUnsafe()
  const made = { url: "", door: "" as On }
  beforeAll(async () => {
    if (serverUrl === undefined) return
    const clone = TestDatabase.cloneUrl(serverUrl).pipe(Scope.provide(scope))
    made.url = (await Effect.runPromise(clone)).url
    made.door = made.url
    if (door === "a URL") return
    const pool = new Pool({ connectionString: made.url })
    made.door = { pool }
    const end = Effect.promise(() => {
      // The database is dropped while the last goodbyes are still on their way.
      pool.on("error", () => undefined)
      return pool.end()
    })
    await Effect.runPromise(Scope.addFinalizer(scope, end))
  })
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return made
}

/** What the Galaxy of a test has sent and logged, and how to wait for it. */
export class Seen {
  readonly mails: Array<Mail> = []
  readonly lines: Array<LogLine> = []
  readonly #waiting = new Set<() => void>()

  readonly take = (mail: Mail): void => {
    this.mails.push(mail)
    this.changed()
  }

  readonly log = (line: LogLine): void => {
    this.lines.push(line)
    this.changed()
  }

  changed(): void {
    for (const look of this.#waiting) look()
  }

  /** Resolves as soon as it returns something. */
  async until<A>(found: () => A | undefined): Promise<A> {
    return new Promise((resolve) => {
      const look = () => {
        const value = found()
        if (value === undefined) return
        this.#waiting.delete(look)
        resolve(value)
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** Options that are complete; those given win. */
export const optionsOf = (
  database: On,
  seen: Seen = new Seen(),
  given: Partial<GalaxyOptions> = {}
): GalaxyOptions => ({
  database,
  secret: new Uint8Array(32).fill(7),
  access: { gatewayToken: token },
  mail: {
    from: "Club <club@example.org>",
    send: async (mail) => {
      seen.take(mail)
    }
  },
  engines: "none",
  log: seen.log,
  ...given
})

/** Starts a Galaxy that is closed by `await using`. */
export const started = (on: On, seen: Seen = new Seen(), given: Partial<GalaxyOptions> = {}): Promise<Galaxy> =>
  createGalaxy(optionsOf(on, seen, given))

/** A request as a gateway sends it. */
export const asGateway = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Request =>
  new Request(`http://galaxy${path}`, {
    headers: { "x-gateway-token": token, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
  })

export const sendCode = "/api/v1/public/auth/send-email-code"

/** Asks for a login code, and reads it from the mail. */
export const codeFor = async (galaxy: Galaxy, seen: Seen, email: string): Promise<string> => {
  const answer = await galaxy.fetch(asGateway(sendCode, { email }))
  expect(answer.status).toBe(200)
  const mail = await seen.until(() => seen.mails.find((it) => it.to === email))
  return /\b\d{8}\b/.exec(mail.text)?.[0] ?? ""
}

/** Retries without a wait. */
export const impatient = {
  core: {
    mail: { firstBackoff: "1 millis", pollInterval: "20 millis" },
    channelDelivery: { firstBackoff: "1 millis", pollInterval: "20 millis" }
  }
} as const

/** An account with an address at example.org. */
export const account = async (galaxy: Pick<Galaxy, "sql">, name: string, language = "en"): Promise<string> => {
  const userId = crypto.randomUUID()
  await galaxy.sql`
    INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
    VALUES (${userId}, ${`${name}@example.org`}, ${name}, ${language}, 'UTC')`
  return userId
}

/** For the testkit's players: they sign in at this gateway, with codes from these mails. */
export const playersAt = (gatewayUrl: string, mails: ReadonlyArray<Mail>): Layer.Layer<TestGalaxy> =>
  Layer.succeed(TestGalaxy, { gatewayUrl, mails: Effect.sync(() => mails) } as TestGalaxy["Service"])
