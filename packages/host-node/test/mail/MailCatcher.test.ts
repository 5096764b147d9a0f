import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { MailTransport, type OutgoingMail } from "@galaxy/core/mail/MailTransport"
import * as Catcher from "@galaxy/host-node/mail/catcher/MailCatcher"
import { parseMail } from "@galaxy/host-node/mail/catcher/parseMail"
import * as Smtp from "@galaxy/host-node/mail/SmtpMailTransport"
import { Context, Effect, Exit, Fiber, Layer, Logger, Redacted, Scope } from "effect"

const mail = (more: Partial<OutgoingMail> = {}): OutgoingMail => ({
  messageId: "<one@galaxy.test>",
  from: "Galaxy <galaxy@galaxy.test>",
  to: "ada@example.test",
  subject: "Your sign-in code",
  text: "Your code is 246813.\nIt is valid for 10 minutes.\n",
  ...more
})

const key = "a-key-of-the-mail-page"
const bearer = { authorization: `Bearer ${key}` }

const start = (options: Partial<Catcher.MailCatcherOptions> = {}) =>
  Effect.gen(function* () {
    const context = yield* Layer.build(Catcher.layer({ smtpPort: 0, httpPort: 0, key: Redacted.make(key), ...options }))
    const catcher = Context.get(context, Catcher.MailCatcher)
    const { smtpPort: port, smtpAuth: auth } = catcher
    const smtp = yield* Layer.build(Smtp.layer({ host: "127.0.0.1", port, tls: "none", auth }))
    const transport = Context.get(smtp, MailTransport)
    return { catcher, send: (it: OutgoingMail) => transport.send(it) }
  })

interface Asked {
  readonly host?: string
  readonly method?: string
  /** The key as a bearer when absent. */
  readonly headers?: Readonly<Record<string, string>>
}

const get = (catcher: Catcher.MailCatcher["Service"], path: string, init: Asked = {}) =>
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
            headers: { Host: init.host ?? `127.0.0.1:${catcher.httpPort}`, ...(init.headers ?? bearer) }
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

  it.live("shows nothing to whoever hasn't its key, and says where that is", () =>
    Effect.gen(function* () {
      const { catcher, send } = yield* start()
      yield* send(mail())
      const id = (yield* catcher.mails)[0]?.id
      const cookie = "galaxy_mail=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      const without: ReadonlyArray<Readonly<Record<string, string>>> = [
        {},
        { cookie },
        { authorization: "Bearer" },
        { authorization: "Bearer " },
        { authorization: `Bearer ${key}x` },
        { authorization: `Basic ${key}` },
        { cookie: `galaxy_mail=${key}` }
      ]
      for (const path of ["/", "/?key=", "/?key=wrong", `/mails/${id}`, "/api/mails", `/api/mails?key=${key}`, "/x"]) {
        for (const headers of without) {
          for (const method of ["GET", "HEAD", "POST"]) {
            const refused = yield* get(catcher, path, { method, headers })
            assert.strictEqual(refused.status, 401, `${method} ${path} ${JSON.stringify(headers)}`)
            assert.strictEqual(refused.headers["www-authenticate"], "Bearer")
            assert.strictEqual(refused.headers["set-cookie"], undefined)
            assert.notMatch(refused.body, /246813|ada@/)
            if (method !== "HEAD") assert.include(refused.body, "keys.json")
          }
        }
      }
    }).pipe(Effect.scoped)
  )

  it.live("is opened by its link once, and then by a cookie that is of use to no other server of this machine", () =>
    Effect.gen(function* () {
      const { catcher, send } = yield* start()
      yield* send(mail())
      const opened = yield* get(catcher, `/?key=${key}`, { headers: {} })
      assert.strictEqual(opened.status, 303)
      assert.strictEqual(opened.headers["referrer-policy"], "no-referrer")
      assert.strictEqual(opened.headers["cache-control"], "no-store")
      const path = String(opened.headers["location"])
      assert.match(path, /^\/[A-Za-z0-9_-]{22}\/$/)
      const set = String(opened.headers["set-cookie"])
      assert.notInclude(set, key)
      const [pair = "", ...attributes] = set.split("; ")
      assert.deepStrictEqual(attributes, [`Path=${path}`, "HttpOnly", "SameSite=Strict"])
      const headers = { cookie: `other=1; galaxy_mail=wrong; ${pair}` }
      const list = yield* get(catcher, path, { headers })
      assert.strictEqual(list.status, 200)
      const [, link = ""] = /href="([^"]*mails\/[^"]+)"/.exec(list.body) ?? []
      const shown = yield* get(catcher, link, { headers })
      assert.include(shown.body, "246813")
      assert.include(shown.body, `href="${path}"`)
      assert.notInclude(list.body + shown.body, key)
      assert.strictEqual((yield* get(catcher, `${path}?to=lin`, { headers })).status, 200)
      // Another server learns the cookie only where it knows the path, and neither is enough alone.
      assert.strictEqual((yield* get(catcher, "/", { headers })).status, 401)
      assert.strictEqual((yield* get(catcher, path, { headers: {} })).status, 401)
      assert.strictEqual((yield* get(catcher, `${path}x`, { headers })).status, 404)
    }).pipe(Effect.scoped)
  )

  it.live("makes a key of its own when none is given, and takes none that could be guessed", () =>
    Effect.gen(function* () {
      const { catcher } = yield* start({ key: undefined })
      assert.strictEqual((yield* get(catcher, "/")).status, 401)
      const own = { authorization: `Bearer ${Redacted.value(catcher.key)}` }
      assert.strictEqual((yield* get(catcher, "/", { headers: own })).status, 200)
      for (const weak of ["", "short"]) {
        const error = yield* Effect.flip(start({ key: Redacted.make(weak) }))
        assert.include(error.message, "20 characters")
      }
    }).pipe(Effect.scoped)
  )

  it.live("takes mails of the platform alone", () =>
    Effect.gen(function* () {
      const { catcher } = yield* start()
      const { smtpPort: port, smtpAuth } = catcher
      for (const auth of [undefined, { ...smtpAuth, password: Redacted.make("wrong") }, { ...smtpAuth, user: "ada" }]) {
        const context = yield* Layer.build(
          Smtp.layer({ host: "127.0.0.1", port, tls: "none", ...(auth === undefined ? {} : { auth }) })
        )
        yield* Effect.flip(Context.get(context, MailTransport).send(mail()))
      }
      assert.isEmpty(yield* catcher.mails)
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

  it.live("lets others in where it is shared, with the password and the key that both sides were given", () =>
    Effect.gen(function* () {
      const password = Redacted.make("of-the-mail-server")
      const { catcher, send } = yield* start({ host: "0.0.0.0", isShared: true, smtpPassword: password })
      assert.strictEqual(Redacted.value(catcher.smtpAuth.password), "of-the-mail-server")
      yield* send(mail())
      assert.lengthOf(yield* catcher.mails, 1)
      assert.strictEqual((yield* get(catcher, "/api/mails", { host: "mail.galaxy.test", headers: {} })).status, 401)
      assert.strictEqual((yield* get(catcher, "/api/mails", { host: "mail.galaxy.test" })).status, 200)
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

  it.live("takes a mail although an old one can't be removed, and says so once", () => {
    const lines: Array<string> = []
    const listening = Logger.layer([Logger.make(({ message }) => lines.push(String(message)))])
    return Effect.scoped(
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.promise(() => mkdtemp(join(tmpdir(), "galaxy-mails-"))),
          (it) => Effect.promise(() => rm(it, { recursive: true, force: true }))
        )
        const { catcher, send } = yield* start({ folder, limit: 1 })
        yield* send(mail())
        const [name = ""] = yield* Effect.promise(() => readdir(folder))
        const file = join(folder, name)
        // A folder isn't removed as a file is.
        yield* Effect.promise(async () => {
          await rm(file)
          await mkdir(file)
        })
        for (const messageId of ["<two@galaxy.test>", "<three@galaxy.test>"]) {
          yield* send(mail({ messageId }))
          assert.deepStrictEqual(
            (yield* catcher.mails).map((it) => it.messageId),
            [messageId]
          )
        }
        yield* Effect.promise(() => rm(file, { recursive: true }))
        yield* send(mail({ messageId: "<four@galaxy.test>" }))
        assert.lengthOf(yield* Effect.promise(() => readdir(folder)), 1)
        assert.deepStrictEqual(
          lines.filter((it) => it.includes("old caught mails")),
          ["old caught mails can't be removed", "old caught mails are removed again"]
        )
      })
    ).pipe(Effect.provide(listening))
  })

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
