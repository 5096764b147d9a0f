import { type Mail, MailDeferred, MailRejected, type SendMail } from "@galaxy/embed/mail"
import { describe, expect, it } from "vitest"
import { asGateway, database, impatient, Seen, sendCode, serverUrl, started } from "./fixture.ts"

describe.skipIf(serverUrl === undefined)("a mail provider of one's own", () => {
  const made = database()

  /** Asks for a code while the provider behaves like this; `attempts` is called with each attempt's number. */
  const sending = async (email: string, attempts: (attempt: number, mail: Mail, signal: AbortSignal) => unknown) => {
    const seen = new Seen()
    let count = 0
    const send: SendMail = async (mail, { signal }) => {
      seen.take(mail)
      return (await attempts(++count, mail, signal)) as string
    }
    const galaxy = await started(made.url, seen, { mail: { from: "Club <club@example.org>", send }, ...impatient })
    expect((await galaxy.fetch(asGateway(sendCode, { email }))).status).toBe(200)
    const row = async () => {
      const [found] = await galaxy.sql<{ status: string; error: string | null; attempts: number }>`
        SELECT d.status, d.attempts, (SELECT a.error FROM backend.mail_attempts a WHERE a.delivery_id = d.delivery_id
          ORDER BY a.attempt_no DESC LIMIT 1) AS error
        FROM backend.mail_deliveries d JOIN backend.mail_recipients r USING (delivery_id) WHERE r.address = ${email}`
      return found
    }
    /** The delivery, once it is over. */
    const settled = async () => {
      for (;;) {
        const found = await row()
        if (found?.status === "sent" || found?.status === "dead_lettered") return found
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    return { galaxy, seen, settled, [Symbol.asyncDispose]: () => galaxy.close() }
  }

  it("is asked again under the same message id while it defers, whatever it throws", async () => {
    await using run = await sending("again@example.org", (attempt, { to }) => {
      if (attempt === 1) throw new MailDeferred("429")
      if (attempt === 2) throw new TypeError(`no route to ${to}`)
      return "provider-id-7"
    })
    expect(await run.settled()).toMatchObject({ status: "sent", attempts: 3 })
    expect(new Set(run.seen.mails.map((it) => it.messageId)).size).toBe(1)
    const line = run.seen.lines.find((it) => it.message === "mail.send failed")
    expect(line).toMatchObject({ error: "TypeError" })
    expect(JSON.stringify(run.seen.lines)).not.toContain("again@example.org")
  })

  it("gives a mail up for good, with the code that it gave", async () => {
    await using run = await sending("never@example.org", () => {
      throw new MailRejected("422")
    })
    expect(await run.settled()).toEqual({ status: "dead_lettered", attempts: 1, error: "422" })
  })

  it("can't put an address into the database as its reason", async () => {
    await using run = await sending("secret@example.org", (_, { to }) => {
      throw new MailRejected(`${to} is unknown`)
    })
    expect(await run.settled()).toEqual({ status: "dead_lettered", attempts: 1, error: "rejected" })
  })

  it("is told by the signal when the Galaxy closes", async () => {
    const aborted = Promise.withResolvers<string>()
    const run = await sending("hang@example.org", (_, __, signal) => {
      signal.addEventListener("abort", () => aborted.resolve("aborted"))
      return new Promise(() => undefined)
    })
    await run.seen.until(() => run.seen.mails[0])
    await run.galaxy.close({ timeoutMs: 500 })
    expect(await aborted.promise).toBe("aborted")
  })
})
