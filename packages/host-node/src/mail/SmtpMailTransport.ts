/**
 * `MailTransport` over SMTP to one relay.
 *
 * Every wait is bounded, and an interrupted send closes its connection. Of what the relay says only the code is kept,
 * since its text often repeats the address.
 */
import { normalForm } from "@galaxy/contract/api/EmailAddress"
import {
  type Accepted,
  isMailbox,
  MailDeferred,
  MailRejected,
  MailTransport,
  type OutgoingMail,
  replyCode
} from "@galaxy/core/mail/MailTransport"
import { Effect, Exit, Layer, Redacted, Schema, Semaphore } from "effect"
import MailComposer from "nodemailer/lib/mail-composer"
import SMTPConnection from "nodemailer/lib/smtp-connection"
import { isLoopback } from "../http/hosts.ts"

/**
 * `implicit`: TLS from the first byte. `required`: STARTTLS, or the mail waits. `opportunistic`: STARTTLS where the
 * relay offers it. `none`: plain text, for a relay on the same machine.
 */
export type TlsMode = "implicit" | "required" | "opportunistic" | "none"

/**
 * The relay, and how it is used. Defaults: 8 connections, 100 mails over each, 10 s to connect and 10 s for the
 * greeting.
 */
export interface SmtpOptions {
  readonly host: string
  readonly port: number
  readonly tls: TlsMode
  readonly auth?: { readonly user: string; readonly password: Redacted.Redacted }
  /** Connections at once. */
  readonly maxConnections?: number
  /** Mails over one connection before it is closed. */
  readonly maxMailsPerConnection?: number
  readonly connectTimeoutMillis?: number
  readonly greetingTimeoutMillis?: number
  /** Longest silence of the relay while a mail is handed over; idle connections are closed after it too. */
  readonly socketTimeoutMillis?: number
  /** Longest time to check whether an idle connection still works. */
  readonly idleCheckTimeoutMillis?: number
  /** PEM of the authority that signed the relay's certificate, when it isn't a public one. */
  readonly ca?: string
}

const defaults = {
  maxConnections: 8,
  maxMailsPerConnection: 100,
  connectTimeoutMillis: 10_000,
  greetingTimeoutMillis: 10_000,
  socketTimeoutMillis: 8_000,
  idleCheckTimeoutMillis: 2_000
}

interface SmtpFault {
  readonly code?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

/** Commands whose permanent refusal is about the mail; that of any other is about the relay or us. */
const aboutTheMail: ReadonlySet<string> = new Set(["MAIL FROM", "RCPT TO", "DATA"])

const failureOf = (cause: unknown): MailRejected | MailDeferred => {
  const fault = (typeof cause === "object" && cause !== null ? cause : {}) as SmtpFault
  const code = typeof fault.response === "string" ? replyCode(fault.response) : undefined
  const status = fault.responseCode ?? 0
  if (status >= 500 && aboutTheMail.has(fault.command ?? "")) return new MailRejected({ reason: code ?? `${status}` })
  // Raised before anything is sent: the mail is larger than the relay takes.
  if (fault.code === "EMESSAGE" && fault.command === "MAIL FROM") return new MailRejected({ reason: "size" })
  if (fault.code === "ETIMEDOUT") return new MailDeferred({ reason: "timeout" })
  return new MailDeferred({ reason: code ?? (/^E[A-Z0-9]{2,15}$/.test(fault.code ?? "") ? `${fault.code}` : "failed") })
}

/** `Galaxy <galaxy@example.org>` or a plain address. */
const addressOf = (sender: string): string => /<([^<>]+)>\s*$/.exec(sender)?.[1] ?? sender.trim()

/** The URL stays on one line: mail programs may not put a folded one together. */
const unsubscribeHeaders = (url: string | undefined) =>
  url === undefined
    ? {}
    : {
        "List-Unsubscribe": { prepared: true, foldLines: false, value: `<${url}>` },
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"
      }

const compose = (mail: OutgoingMail): Promise<Buffer> =>
  new MailComposer({
    from: mail.from,
    to: { name: "", address: mail.to },
    subject: mail.subject,
    text: mail.text,
    ...(mail.html === undefined ? {} : { html: mail.html }),
    messageId: mail.messageId,
    headers: { "Auto-Submitted": "auto-generated", ...unsubscribeHeaders(mail.unsubscribe) },
    newline: "win",
    disableFileAccess: true,
    disableUrlAccess: true
  })
    .compile()
    .build()

interface Link {
  readonly connection: SMTPConnection
  mails: number
  dead: boolean
}

/** An SMTP step; interrupting it closes the connection. */
const step = <A>(link: Link, run: (done: (error: unknown, value?: A) => void) => void) =>
  Effect.callback<A, MailRejected | MailDeferred>((resume) => {
    let settled = false
    const finish = (error: unknown, value?: A) => {
      if (settled) return
      settled = true
      link.connection.off("error", onError)
      resume(error === null || error === undefined ? Effect.succeed(value as A) : Effect.fail(failureOf(error)))
    }
    const onError = (error: unknown) => finish(error)
    link.connection.on("error", onError)
    run(finish)
    return Effect.sync(() => {
      settled = true
      link.connection.off("error", onError)
      close(link)
    })
  })

const close = (link: Link) => {
  link.dead = true
  link.connection.close()
}

const make = Effect.fnUntraced(function* (given: SmtpOptions) {
  const options = { ...defaults, ...given }
  const { auth } = options
  const permits = yield* Semaphore.make(options.maxConnections)
  const idle: Array<Link> = []
  let open = true

  const newLink = (): Link => {
    const connection = new SMTPConnection({
      host: options.host,
      port: options.port,
      secure: options.tls === "implicit",
      requireTLS: options.tls === "required",
      ignoreTLS: options.tls === "none",
      connectionTimeout: options.connectTimeoutMillis,
      dnsTimeout: options.connectTimeoutMillis,
      greetingTimeout: options.greetingTimeoutMillis,
      socketTimeout: options.socketTimeoutMillis,
      socketCloseTimeout: 0,
      maxResponseSize: 65_536,
      logger: false,
      ...(options.ca === undefined ? {} : { tls: { ca: options.ca } })
    })
    const link: Link = { connection, mails: 0, dead: false }
    const gone = () => {
      link.dead = true
      const at = idle.indexOf(link)
      if (at >= 0) idle.splice(at, 1)
    }
    connection.on("error", gone)
    connection.on("end", gone)
    return link
  }

  const connect = Effect.suspend(() => {
    const link = newLink()
    return step<void>(link, (done) => link.connection.connect(done)).pipe(
      Effect.andThen(
        auth === undefined
          ? Effect.void
          : step<unknown>(link, (done) =>
              link.connection.login({ user: auth.user, pass: Redacted.value(auth.password) }, done)
            )
      ),
      Effect.as(link),
      Effect.onExit((exit) => (Exit.isSuccess(exit) ? Effect.void : Effect.sync(() => close(link))))
    )
  })

  /** An idle connection that still answers, or a new one. */
  const take: Effect.Effect<Link, MailRejected | MailDeferred> = Effect.suspend(() => {
    const link = idle.pop()
    if (link === undefined) return connect
    if (link.dead) return take
    return step<unknown>(link, (done) => {
      // A timer of the machine, not of the Effect clock: this is about a network connection.
      const late = setTimeout(() => {
        done(Object.assign(new Error("the relay didn't answer"), { code: "ETIMEDOUT" }))
      }, options.idleCheckTimeoutMillis)
      link.connection.reset((error: unknown, value?: unknown) => {
        clearTimeout(late)
        done(error, value)
      })
    }).pipe(
      Effect.as(link),
      Effect.catch(() => {
        close(link)
        // Whatever broke this one has most likely broken the other idle ones too.
        for (const other of idle.splice(0)) close(other)
        return connect
      })
    )
  })

  // A refused mail leaves the connection as good as before; whatever broke it has closed it.
  const giveBack = (link: Link) => {
    if (link.dead || link.connection.destroyed || !open) close(link)
    else if (link.mails < options.maxMailsPerConnection) idle.push(link)
    else link.connection.quit()
  }

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      open = false
      for (const link of idle.splice(0)) close(link)
    })
  )

  const deliver = (mail: OutgoingMail, message: Buffer) =>
    Effect.acquireUseRelease(
      Effect.interruptible(take),
      (link) =>
        step<{ readonly response: string }>(link, (done) => {
          link.mails++
          link.connection.send({ from: addressOf(mail.from), to: [mail.to], size: message.length }, message, done)
        }),
      (link) => Effect.sync(() => giveBack(link))
    )

  return MailTransport.of({
    send: Effect.fn("MailTransport.send")(function* (
      mail: OutgoingMail
    ): Effect.fn.Return<Accepted, MailRejected | MailDeferred> {
      if (!isMailbox(mail.to)) return yield* new MailRejected({ reason: "address" })
      // A relay without SMTPUTF8 takes domains in ASCII only.
      const outgoing = { ...mail, to: normalForm(mail.to) ?? mail.to }
      const message = yield* Effect.tryPromise({
        try: () => compose(outgoing),
        catch: () => new MailRejected({ reason: "content" })
      })
      const info = yield* permits.withPermit(deliver(outgoing, message))
      return { reply: replyCode(info.response) ?? "250" }
    }),
    // A connection of its own: one that idles says nothing about whether new ones are taken.
    check: permits
      .withPermit(
        Effect.acquireUseRelease(
          Effect.interruptible(connect),
          () => Effect.void,
          (link) => Effect.sync(() => link.connection.quit())
        )
      )
      .pipe(Effect.withSpan("MailTransport.check"))
  })
})

/**
 * Connects when the first mail is sent. `send` fails with `MailRejected` where the relay refuses this very mail for
 * good, and with `MailDeferred` for anything that may pass.
 */
export const layer = (options: SmtpOptions): Layer.Layer<MailTransport> => Layer.effect(MailTransport, make(options))

/** The URL doesn't name a relay that could be used. */
export class SmtpUrlInvalid extends Schema.TaggedError<SmtpUrlInvalid>()("SmtpUrlInvalid", {
  message: Schema.String
}) {}

const tlsModes = ["implicit", "required", "opportunistic", "none"] as const

/**
 * Options from `smtp://user:password@host:port` or `smtps://…`, with `?tls=` to choose the mode. Fails with
 * `SmtpUrlInvalid`.
 *
 * Without `tls`, `smtps` is implicit TLS and `smtp` requires STARTTLS, except on loopback.
 */
export const fromUrl = (text: string): Effect.Effect<SmtpOptions, SmtpUrlInvalid> =>
  Effect.suspend(() => {
    const fail = (message: string) => Effect.fail(new SmtpUrlInvalid({ message }))
    if (!URL.canParse(text)) return fail("not a URL")
    const url = new URL(text)
    if (url.protocol !== "smtp:" && url.protocol !== "smtps:") return fail("must begin with smtp:// or smtps://")
    if (url.hostname === "") return fail("names no host")
    const secure = url.protocol === "smtps:"
    const asked = url.searchParams.get("tls")
    const chosen = tlsModes.find((it) => it === asked)
    if (asked !== null && chosen === undefined) return fail(`tls must be one of ${tlsModes.join(", ")}`)
    if (secure && chosen !== undefined && chosen !== "implicit") return fail("smtps:// always means implicit TLS")
    let user: string
    let password: string
    try {
      user = decodeURIComponent(url.username)
      password = decodeURIComponent(url.password)
    } catch {
      return fail("user and password must be percent-encoded")
    }
    if ((user === "") !== (password === "")) return fail("user and password must be given together")
    const plain = isLoopback(url.hostname) ? "none" : "required"
    return Effect.succeed({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
      tls: chosen ?? (secure ? "implicit" : plain),
      ...(user === "" ? {} : { auth: { user, password: Redacted.make(password) } })
    })
  })
