import type { Galaxy } from "@galaxy/embed/Galaxy"
import { type Mail, MailDeferred, MailRejected } from "@galaxy/embed/mail"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { asGateway, database, impatient, Seen, sendCode, serverUrl, started } from "./fixture.ts"

type Attempt = (attempt: number, mail: Mail, signal: AbortSignal) => unknown

describe.skipIf(serverUrl === undefined)("a mail provider of one's own", () => {
  const made = database()
  const seen = new Seen()
  const providers = new Map<string, Attempt>()
  const sentTo = (email: string) => seen.mails.filter(({ to }) => to === email)
  let galaxy: Galaxy

  beforeAll(async () => {
    if (serverUrl === undefined) return
    galaxy = await started(made.url, seen, {
      mail: {
        from: "Club <club@example.org>",
        send: async (mail, { signal }) => {
          seen.take(mail)
          return (await providers.get(mail.to)?.(sentTo(mail.to).length, mail, signal)) as string
        }
      },
      core: { mail: { ...impatient.core.mail, shutdownGrace: "100 millis" } }
    })
  })
  afterAll(() => galaxy?.close())

  /** Asks for a code to this address, with which the provider deals by `attempt`. */
  const ask = async (email: string, attempt: Attempt) => {
    providers.set(email, attempt)
    expect((await galaxy.fetch(asGateway(sendCode, { email }))).status).toBe(200)
  }

  /** The delivery to an address, once it is over. */
  const settled = async (email: string) => {
    for (;;) {
      const [found] = await galaxy.sql<{ status: string; error: string | null; attempts: number }>`
        SELECT d.status, d.attempts, (SELECT a.error FROM backend.mail_attempts a WHERE a.delivery_id = d.delivery_id
          ORDER BY a.attempt_no DESC LIMIT 1) AS error
        FROM backend.mail_deliveries d JOIN backend.mail_recipients r USING (delivery_id) WHERE r.address = ${email}`
      if (found?.status === "sent" || found?.status === "dead_lettered") return found
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  it("is asked again under the same message id while it defers, whatever it throws", async () => {
    await ask("again@example.org", (attempt, { to }) => {
      if (attempt === 1) throw new MailDeferred("429")
      if (attempt === 2) {
        const why = Object.assign(new Error(`no mail for ${to}`), { code: "ECONNREFUSED" })
        throw new TypeError(`no route to ${to}`, { cause: why })
      }
      return "provider-id-7"
    })
    expect(await settled("again@example.org")).toMatchObject({ status: "sent", attempts: 3 })
    expect(new Set(sentTo("again@example.org").map((it) => it.messageId)).size).toBe(1)
    const line = seen.lines.find((it) => it.message === "mail.send failed")
    expect(line).toMatchObject({ error: "TypeError", code: "ECONNREFUSED", at: expect.any(String) })
    expect(JSON.stringify(seen.lines)).not.toContain("again@example.org")
  })

  it("gives a mail up for good, with the code that it gave", async () => {
    await ask("never@example.org", () => {
      throw new MailRejected("422")
    })
    expect(await settled("never@example.org")).toEqual({ status: "dead_lettered", attempts: 1, error: "422" })
  })

  it("can't put an address into the database as its reason", async () => {
    await ask("secret@example.org", (_, { to }) => {
      throw new MailRejected(`${to} is unknown`)
    })
    expect(await settled("secret@example.org")).toEqual({ status: "dead_lettered", attempts: 1, error: "rejected" })
  })

  it("is told by the signal when the Galaxy closes", async () => {
    const aborted = Promise.withResolvers<string>()
    await ask("hang@example.org", (_, __, signal) => {
      signal.addEventListener("abort", () => aborted.resolve("aborted"))
      return new Promise(() => undefined)
    })
    await seen.until(() => sentTo("hang@example.org")[0])
    await galaxy.close()
    expect(await aborted.promise).toBe("aborted")
  })
})
