/**
 * Built-in mail catcher: an SMTP server that delivers nowhere, and a local page that shows what it took.
 *
 * Every caught code lets somebody in, and loopback is open to every user of the machine and every page in a browser. So
 * the page needs its key and is refused under a foreign host name, and the SMTP server needs a password, so that nobody
 * else can add mails.
 */
import { randomBytes } from "node:crypto"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { newId } from "@galaxy/core/shared/NewId"
import { Clock, Context, Effect, Layer, PubSub, Redacted, Schema } from "effect"
import { SMTPServer, type SMTPServerSession } from "smtp-server"
import { hostsOf, isLoopback } from "../../http/hosts.ts"
import { createListener } from "../../http/Listener.ts"
import { refuse } from "../../http/refuse.ts"
import * as Outage from "../../logging/Outage.ts"
import { CaughtMail, codeIn } from "./CaughtMail.ts"
import { MailFolder } from "./MailFolder.ts"
import { isSame, PageKey } from "./PageKey.ts"
import { errorPage, listPage, mailPage, policy } from "./page.ts"
import { parseMail } from "./parseMail.ts"

/** A port is in use, the address isn't loopback, the key is too short, or the folder can't be used. */
export class MailCatcherUnavailable extends Schema.TaggedError<MailCatcherUnavailable>()("MailCatcherUnavailable", {
  message: Schema.String
}) {}

/** Takes mails over SMTP and shows them. The newest ones are kept, 200 by default. */
export class MailCatcher extends Context.Service<
  MailCatcher,
  {
    readonly smtpPort: number
    /** The credentials for the SMTP server. */
    readonly smtpAuth: { readonly user: string; readonly password: Redacted.Redacted }
    readonly httpPort: number
    /** Address of the page, which takes its key in `?key=` or as a bearer. */
    readonly url: string
    readonly key: Redacted.Redacted
    /** Newest first. */
    readonly mails: Effect.Effect<ReadonlyArray<CaughtMail>>
    /** The newest mail to the address that is newer than the mail with the id `after`; waits until there is one. */
    mailTo(to: string, after?: string): Effect.Effect<CaughtMail>
  }
>()("@galaxy/host-node/mail/catcher/MailCatcher") {}

/** Where it listens, who may read, and what is kept. */
export interface MailCatcherOptions {
  /** Port of the SMTP server, 0 for a free one. */
  readonly smtpPort: number
  /** Port of the page, 0 for a free one. */
  readonly httpPort: number
  /** `127.0.0.1` or `::1`, unless it is `isShared`. */
  readonly host?: string
  /**
   * True lets others than this machine in, for platforms that are tried on several hosts or in containers. What is sent
   * to and read from it isn't encrypted, and each code in it lets somebody in: only for a private network.
   */
  readonly isShared?: boolean
  /** The password of the SMTP server, for its user `galaxy`. Generated at each start when absent. */
  readonly smtpPassword?: Redacted.Redacted | undefined
  /** Host names that the page answers to, besides those of loopback. */
  readonly allowedHosts?: ReadonlyArray<string> | undefined
  /** The key of the page: 20 or more characters that need no escaping in a URL. Generated at each start when absent. */
  readonly key?: Redacted.Redacted | undefined
  /** Where mails survive a restart; in memory only when absent. */
  readonly folder?: string
  /** How many mails are kept. */
  readonly limit?: number
  /** Called with each mail and its code; not for a log. */
  readonly onMail?: (mail: CaughtMail) => void
}

const largestMail = 4 * 1024 * 1024
const mostRecipients = 100
const shownInJson = 200

const refusal = (message: string, responseCode: number) => Object.assign(new Error(message), { responseCode })

const messageOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

/** Collects a message up to the limit; anything beyond is read and dropped, and the result is undefined. */
const collect = async (stream: AsyncIterable<Buffer>): Promise<Buffer | undefined> => {
  const chunks: Array<Buffer> = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    if (length <= largestMail) chunks.push(chunk)
  }
  return length <= largestMail ? Buffer.concat(chunks) : undefined
}

const smtpUser = "galaxy"

const newSecret = () => Redacted.make(randomBytes(32).toString("base64url"))

const smtpServer = (
  password: Redacted.Redacted,
  take: (raw: Buffer, recipients: ReadonlyArray<string>) => Promise<void>
) => {
  const receive = async (stream: AsyncIterable<Buffer>, session: SMTPServerSession) => {
    const raw = await collect(stream)
    if (raw === undefined) throw refusal("message too large", 552)
    await take(
      raw,
      session.envelope.rcptTo.map((it) => it.address)
    )
  }
  return new SMTPServer({
    name: "galaxy",
    banner: "Galaxy mail catcher",
    authOptional: false,
    authMethods: ["PLAIN", "LOGIN"],
    // Nothing leaves this machine, and no other user of it can listen to loopback.
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    onAuth: ({ username, password: given }, _session, callback) => {
      const right = isSame(given ?? "", Redacted.value(password)) && username === smtpUser
      if (right) callback(null, { user: smtpUser })
      else callback(refusal("mails of the platform alone are taken here", 535))
    },
    disableReverseLookup: true,
    size: largestMail,
    maxClients: 100,
    socketTimeout: 60_000,
    closeTimeout: 200,
    onRcptTo: (_address, session, callback) =>
      callback(session.envelope.rcptTo.length < mostRecipients ? null : refusal("too many recipients", 452)),
    onData: (stream, session, callback) => {
      receive(stream, session).then(
        () => callback(null, "kept"),
        (cause: unknown) =>
          callback(cause instanceof Error && "responseCode" in cause ? cause : refusal("not kept", 451))
      )
    }
  })
}

const respond = (
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: Readonly<Record<string, string>> = {}
) => {
  response.writeHead(status, {
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Length": Buffer.byteLength(body),
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    ...(status === 405 ? { Allow: "GET, HEAD" } : {}),
    ...(status === 401 ? { "WWW-Authenticate": "Bearer" } : {}),
    ...more
  })
  response.end(response.req.method === "HEAD" ? undefined : body)
}

const html = (response: ServerResponse, status: number, body: string) => respond(response, status, "text/html", body)
const json = (response: ServerResponse, status: number, body: unknown) =>
  respond(response, status, "application/json", JSON.stringify(body))

const matching = (mails: ReadonlyArray<CaughtMail>, to: string) => {
  const wanted = to.trim().toLowerCase()
  return wanted === "" ? mails : mails.filter((mail) => mail.to.some((it) => it.toLowerCase().includes(wanted)))
}

const isTo = (mail: CaughtMail, to: string) => mail.to.some((it) => it.toLowerCase() === to.toLowerCase())

const locked =
  "Open the link with the key: the terminal in which Galaxy was started shows it, and it is mail_page_key in keys.json of the data folder."

/** Answers a request that may read; `path` is relative to `base`, without a leading slash. */
const answer = (
  folder: MailFolder,
  base: string,
  path: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse
) => {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return html(response, 405, errorPage("Not that way", "This page can only be read.", base))
  }
  const to = query.get("to") ?? ""
  if (path === "") return html(response, 200, listPage(base, matching(folder.list(), to), to))
  if (path === "api/mails") {
    const mails = to === "" ? folder.list() : folder.list().filter((it) => isTo(it, to))
    return json(response, 200, { mails: mails.slice(0, shownInJson) })
  }
  const id = /^mails\/([0-9a-f-]{36})$/.exec(path)?.[1]
  const mail = id === undefined ? undefined : folder.list().find((it) => it.id === id)
  if (mail !== undefined) return html(response, 200, mailPage(base, mail))
  return html(response, 404, errorPage("Nothing here", "Only the newest mails are kept.", base))
}

/** Answers requests with the key, redirects a browser that opened the link, and tells all others where the key is. */
const guarded = (folder: MailFolder, key: PageKey) => (request: IncomingMessage, response: ServerResponse) => {
  const target = `http://localhost${request.url ?? "/"}`
  const url = URL.canParse(target) ? new URL(target) : new URL("http://localhost/?")
  if (key.hasBearer(request)) {
    return answer(folder, "/", url.pathname.slice(1), url.searchParams, request, response)
  }
  if (url.pathname.startsWith(key.path) && key.hasCookie(request)) {
    return answer(folder, key.path, url.pathname.slice(key.path.length), url.searchParams, request, response)
  }
  if (url.pathname === "/" && key.isKey(url.searchParams.get("key") ?? "")) {
    return respond(response, 303, "text/plain", "", { Location: key.path, "Set-Cookie": key.setCookie })
  }
  if (!url.pathname.startsWith("/api/")) return html(response, 401, errorPage("The key is missing", locked))
  response.setHeader("WWW-Authenticate", "Bearer")
  return refuse(request, response, "unauthorized", locked)
}

const listening = (server: Server | ReturnType<SMTPServer["listen"]>, what: string) =>
  Effect.callback<number, MailCatcherUnavailable>((resume) => {
    server.once("listening", () => resume(Effect.succeed((server.address() as AddressInfo).port)))
    // Stays attached: a connection that can't be accepted must not end the process.
    server.on("error", (cause: unknown) =>
      resume(Effect.fail(new MailCatcherUnavailable({ message: `${what}: ${messageOf(cause)}` })))
    )
  })

const make = Effect.fnUntraced(function* (options: MailCatcherOptions) {
  const host = options.host ?? "127.0.0.1"
  if (!isLoopback(host) && options.isShared !== true) {
    return yield* new MailCatcherUnavailable({ message: `the mail catcher listens on loopback only, not on ${host}` })
  }
  const clock = yield* Clock.Clock
  const caught = yield* PubSub.sliding<CaughtMail>(256)
  const runFork = Effect.runForkWith(yield* Effect.context())
  const outage = Outage.make({ lost: "old caught mails can't be removed", back: "old caught mails are removed again" })
  const report = (problem: unknown) => {
    runFork(problem === undefined ? outage.over : outage.begun(messageOf(problem)))
  }
  const folder = yield* Effect.tryPromise({
    try: () => MailFolder.open(options.folder, options.limit ?? 200, report),
    catch: (cause) => new MailCatcherUnavailable({ message: `folder of caught mails: ${messageOf(cause)}` })
  })

  const take = async (raw: Buffer, recipients: ReadonlyArray<string>) => {
    const { messageId, from, subject, text, html } = parseMail(raw)
    const mail = new CaughtMail({
      id: Effect.runSync(Effect.provideService(newId, Clock.Clock, clock)),
      receivedAt: Math.floor(clock.currentTimeMillisUnsafe()),
      messageId,
      from,
      to: recipients,
      subject,
      text,
      html: html ?? null,
      code: codeIn(subject, text)
    })
    await folder.add(mail)
    PubSub.publishUnsafe(caught, mail)
    try {
      options.onMail?.(mail)
    } catch {
      // The mail is kept: a failing listener must not have it refused.
    }
  }

  const key = options.key ?? newSecret()
  const pageKey = yield* Effect.try({
    try: () => new PageKey(key),
    catch: (cause) => new MailCatcherUnavailable({ message: messageOf(cause) })
  })
  const password = options.smtpPassword ?? newSecret()
  const smtp = smtpServer(password, take)
  // A client that disconnects doesn't matter; `listening` reports problems with the port.
  smtp.on("error", () => undefined)
  const smtpPort = yield* Effect.acquireRelease(
    Effect.suspend(() => listening(smtp.listen(options.smtpPort, host), "mail catcher, SMTP")),
    () => Effect.promise(() => new Promise<void>((resolve) => smtp.close(() => resolve())))
  )

  const http = createListener(
    { requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 5_000 },
    { hosts: hostsOf(host, options.allowedHosts), sameSiteWrites: true }
  )
  http.on("request", guarded(folder, pageKey))
  http.maxConnections = 200
  const httpPort = yield* Effect.acquireRelease(
    Effect.suspend(() => listening(http.listen(options.httpPort, host), "mail page")),
    () =>
      Effect.promise(
        () =>
          new Promise<void>((resolve) => {
            http.close(() => resolve())
            http.closeAllConnections()
          })
      )
  )

  const newest = (to: string, after: string | undefined) => {
    const all = folder.list()
    const end = all.findIndex((it) => it.id === after)
    return all.slice(0, end < 0 ? all.length : end).find((it) => isTo(it, to))
  }

  return MailCatcher.of({
    smtpPort,
    smtpAuth: { user: smtpUser, password },
    httpPort,
    key,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${httpPort}/`,
    mails: Effect.sync(() => folder.list()),
    mailTo: (to, after) =>
      Effect.scoped(
        Effect.gen(function* () {
          // Subscribes before looking, so that no mail falls in between.
          const subscription = yield* PubSub.subscribe(caught)
          let found = newest(to, after)
          while (found === undefined) {
            yield* PubSub.take(subscription)
            found = newest(to, after)
          }
          return found
        })
      )
  })
})

/** Listens until the scope closes. Fails with `MailCatcherUnavailable`. */
export const layer = (options: MailCatcherOptions): Layer.Layer<MailCatcher, MailCatcherUnavailable> =>
  Layer.effect(MailCatcher, make(options))
