import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { MailTransport, type OutgoingMail } from "@galaxy/core/mail/MailTransport"
import * as Catcher from "@galaxy/host-node/mail/catcher/MailCatcher"
import { parseMail } from "@galaxy/host-node/mail/catcher/parseMail"
import * as Smtp from "@galaxy/host-node/mail/SmtpMailTransport"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"

const mail = (more: Partial<OutgoingMail> = {}): OutgoingMail => ({
  messageId: "<one@galaxy.test>",
  from: "Galaxy <galaxy@galaxy.test>",
  to: "ada@example.test",
  subject: "Your sign-in code",
  text: "Your code is 246813.\nIt is valid for 10 minutes.\n",
  ...more
})

const start = (options: Partial<Catcher.MailCatcherOptions> = {}) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(Catcher.layer({ smtpPort: 0, httpPort: 0, ...options }))
    const catcher = Context.get(context, Catcher.MailCatcher)
    const smtp = yield* Layer.build(Smtp.layer({ host: "127.0.0.1", port: catcher.smtpPort, tls: "none" }))
    const transport = Context.get(smtp, MailTransport)
    return { catcher, send: (it: OutgoingMail) => transport.send(it) }
  })

const get = (catcher: Catcher.MailCatcher["Service"], path: string, init: { host?: string; method?: string } = {}) =>
  Effect.promise(
    () =>
      new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
        const asked = request(
          {
            host: "127.0.0.1",
            port: catcher.httpPort,
            path,
            method: init.method ?? "GET",
            agent: false,
            headers: { Host: init.host ?? `127.0.0.1:${catcher.httpPort}` }
          },
          (response) => {
            const chunks: Array<Buffer> = []
            response.on("data", (chunk: Buffer) => chunks.push(chunk))
            response.on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: Buffer.concat(chunks).toString("utf8")
              })
            )
          }
        )
        asked.once("error", reject)
        asked.end()
      })
  )

const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-mail-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

describe("mail catcher", () => {
  it.live("catches, tells, lists newest first and shows each mail", () =>
    Effect.gen(function* () {
      const told: Array<string | null> = []
      const { catcher, send } = yield* start({ onMail: (it) => told.push(it.code) })
      yield* send(mail())
      yield* send(mail({ to: "lin@example.test", subject: "Приглашение", text: "Come and play", messageId: "<2@x>" }))
      assert.deepStrictEqual(told, ["246813", null])
      const list = yield* get(catcher, "/")
      assert.strictEqual(list.status, 200)
      assert.isBelow(list.body.indexOf("lin@example.test"), list.body.indexOf("ada@example.test"))
      assert.include(list.body, '<span class="code">246813</span>')
      const id = (yield* catcher.mails)[1]?.id
      assert.include(list.body, `/mails/${id}`)
      const shown = yield* get(catcher, `/mails/${id}`)
      assert.include(shown.body, "It is valid for 10 minutes.")
      assert.include(shown.body, "&lt;one@galaxy.test&gt;")
      const filtered = yield* get(catcher, "/?to=LIN")
      assert.notInclude(filtered.body, "ada@example.test")
      const { mails } = JSON.parse((yield* get(catcher, "/api/mails?to=Ada@example.test")).body)
      assert.strictEqual(mails.length, 1)
      assert.deepInclude(mails[0], { code: "246813", messageId: "<one@galaxy.test>", to: ["ada@example.test"] })
      assert.strictEqual((yield* get(catcher, "/mails/00000000-0000-0000-0000-000000000000")).status, 404)
      assert.strictEqual((yield* get(catcher, "/%ff/..//x?=&&")).status, 404)
    }).pipe(Effect.scoped)
  )

  it.live("escapes whatever a mail says and lets the browser load nothing", () =>
    Effect.gen(function* () {
      const { catcher, send } = yield* start()
      const evil = `"><img src=x onerror=alert(1)><script>alert('1')</script>&amp;`
      yield* send(mail({ subject: evil, text: evil, html: evil, messageId: `<x"><b>@galaxy.test>` }))
      const id = (yield* catcher.mails)[0]?.id
      for (const path of ["/", `/mails/${id}`, `/?to=${encodeURIComponent(evil)}`]) {
        const page = yield* get(catcher, path)
        assert.notMatch(page.body, /<img|<script|onerror=alert\(1\)>/)
        assert.match(String(page.headers["content-security-policy"]), /^default-src 'none'; style-src 'sha256-/)
        assert.notInclude(String(page.headers["content-security-policy"]), "unsafe")
        assert.strictEqual(page.headers["x-content-type-options"], "nosniff")
        assert.strictEqual(page.headers["cache-control"], "no-store")
        assert.strictEqual(page.headers["access-control-allow-origin"], undefined)
      }
    }).pipe(Effect.scoped)
  )

  it.live("answers to names of this machine only, and only to reading", () =>
    Effect.gen(function* () {
      const { catcher } = yield* start()
      for (const host of [
        "evil.test",
        "127.0.0.1.evil.test",
        "localhost.evil.test:80",
        "[::1].evil.test",
        "10.0.0.1"
      ]) {
        assert.strictEqual((yield* get(catcher, "/api/mails", { host })).status, 403, host)
      }
      for (const host of ["localhost", "LOCALHOST:8025", "127.0.0.1:1", "[::1]:8025"]) {
        assert.strictEqual((yield* get(catcher, "/api/mails", { host })).status, 200, host)
      }
      assert.strictEqual((yield* get(catcher, "/", { method: "POST" })).status, 405)
      assert.strictEqual((yield* get(catcher, "/", { method: "HEAD" })).body, "")
    }).pipe(Effect.scoped)
  )

  it.live("listens on loopback alone", () =>
    Effect.gen(function* () {
      const others = ["0.0.0.0", "::", "10.1.2.3", "example.org"]
      for (const host of others) {
        const error = yield* Effect.flip(start({ host }))
        assert.strictEqual(error._tag, "MailCatcherUnavailable")
      }
      const { catcher } = yield* start()
      const outside = Object.values(networkInterfaces())
        .flat()
        .find((it) => it?.family === "IPv4" && !it.internal)
      if (outside === undefined) return
      yield* Effect.flip(Effect.tryPromise(() => fetch(`http://${outside.address}:${catcher.httpPort}/`)))
    }).pipe(Effect.scoped)
  )

  it.live("says which port is taken", () =>
    Effect.gen(function* () {
      const { catcher } = yield* start()
      const http = yield* Effect.flip(start({ httpPort: catcher.httpPort }))
      assert.match(http.message, /mail page: .*EADDRINUSE/)
      const smtp = yield* Effect.flip(start({ smtpPort: catcher.smtpPort }))
      assert.match(smtp.message, /SMTP: .*EADDRINUSE/)
    }).pipe(Effect.scoped)
  )

  it.live("keeps the newest mails over a restart, readable by their owner only", () =>
    Effect.gen(function* () {
      const folder = join(yield* temporaryFolder, "mails")
      const scope = yield* Scope.make()
      const first = yield* start({ folder, limit: 3 }).pipe(Scope.provide(scope))
      for (let i = 0; i < 5; i++) yield* first.send(mail({ subject: `mail ${i}` }))
      yield* Scope.close(scope, Exit.void)
      yield* Effect.promise(() => writeFile(join(folder, "00000000-0000-7000-8000-000000000000.json"), "{ broken"))
      yield* Effect.promise(() => writeFile(join(folder, "00000000-0000-7000-8000-000000000001.json.part"), "half"))
      const { catcher } = yield* start({ folder, limit: 3 })
      assert.deepStrictEqual(
        (yield* catcher.mails).map((it) => it.subject),
        ["mail 4", "mail 3", "mail 2"]
      )
      const files = yield* Effect.promise(() => readdir(folder))
      assert.strictEqual(files.filter((it) => !it.startsWith("00000000")).length, 3)
      assert.isFalse(files.some((it) => it.endsWith(".part")))
      const modes = yield* Effect.promise(() => stat(join(folder, files.at(-1) ?? "")))
      assert.strictEqual(modes.mode & 0o077, 0)
    }).pipe(Effect.scoped)
  )

  it.live("waits for the next mail to an address", () =>
    Effect.gen(function* () {
      const { catcher, send } = yield* start()
      const waiting = yield* Effect.forkChild(catcher.mailTo("ADA@example.test"))
      yield* send(mail({ to: "lin@example.test" }))
      yield* send(mail())
      const first = yield* Fiber.join(waiting)
      assert.deepStrictEqual(first.to, ["ada@example.test"])
      assert.deepStrictEqual(yield* catcher.mailTo("ada@example.test"), first)
      const next = yield* Effect.forkChild(catcher.mailTo("ada@example.test", first.id))
      yield* send(mail({ subject: "second" }))
      assert.strictEqual((yield* Fiber.join(next)).subject, "second")
    }).pipe(Effect.scoped)
  )

  it.live("refuses what is too large, and goes on", () =>
    Effect.gen(function* () {
      const { catcher, send } = yield* start()
      const error = yield* Effect.flip(send(mail({ text: "x".repeat(5 * 1024 * 1024) })))
      assert.strictEqual(error._tag, "MailRejected")
      yield* send(mail())
      assert.strictEqual((yield* catcher.mails).length, 1)
    }).pipe(Effect.scoped)
  )
})

describe("parseMail", () => {
  it("takes any bytes", () => {
    const odd = [
      "",
      "\r\n\r\n",
      "no colon\n\nbody",
      "Subject: =?utf-8?Q?=C3?= =?utf-8?Q?=A9t=C3=A9?=\n\n.",
      "Subject: =?nonsense?B?!!!?=\n\n.",
      "Content-Type: multipart/mixed; boundary=x\n\n--x\n--x\n--x--",
      `Content-Type: multipart/mixed; boundary=x\n\n${"--x\nContent-Type: multipart/mixed; boundary=x\n\n".repeat(5000)}`,
      `Subject: ${"=?".repeat(100_000)}\n\n`,
      "a".repeat(1_000_000)
    ]
    for (const text of odd) parseMail(Buffer.from(text))
    assert.strictEqual(parseMail(Buffer.from(odd[3] ?? "")).subject, "été")
    for (let i = 0; i < 200; i++) parseMail(Buffer.from(crypto.getRandomValues(new Uint8Array(300))))
  })
})
