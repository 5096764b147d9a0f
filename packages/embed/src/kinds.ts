/**
 * Notifications of your own: what a kind is, and the channels that reach players besides events and mails.
 *
 * A notification is stored with what caused it, and reaches each recipient by each way at least once, however often the
 * program is restarted meanwhile.
 */

/** What a schema of zod, valibot, arktype and others has in common (standardschema.dev). */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => Validation<Output> | Promise<Validation<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

/** The result of a schema: a value, or what is wrong. */
export type Validation<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<{ readonly message: string }> }

/** A mail in one language. Paragraphs of the text are separated by an empty line. */
export interface MailText {
  readonly subject: string
  readonly text: string
}

/** Written so that a kind of any payload is a `Kind`. */
type Words<Payload> = { words(payload: Payload): MailText }["words"]

/** The words of a mail by language, such as `en`, `de` or `pt-BR`. Readers of any other language get `en`. */
export interface MailTexts<Payload> {
  readonly en: Words<Payload>
  readonly [language: string]: Words<Payload>
}

/** One kind of notification. `Input` is what `notify` takes, `Payload` what its schema makes of it. */
export interface Kind<Input = unknown, Payload = unknown> {
  readonly payload: StandardSchema<Input, Payload>
  readonly mail?: MailTexts<Payload> | undefined
  /** Names of `channels` in the options. */
  readonly channels?: ReadonlyArray<string> | undefined
  /** Whether players get it as an event of their stream, the payload as JSON; true when absent. */
  readonly push?: boolean | undefined
}

/** A kind whose mails know the type of its payload. The schema's output must be JSON. */
export const kind = <Input, Payload>(it: Kind<Input, Payload>): Kind<Input, Payload> => it

/** Kinds by name, which has the form `club.match`. */
export type Kinds = Readonly<Record<string, Kind>>

/** One delivery to one player. */
export interface ChannelMessage {
  readonly user: { readonly userId: string; readonly email: string; readonly language: string }
  readonly kind: string
  /** As given to `notify`. */
  readonly key: string
  readonly payload: unknown
  /** The same in every attempt: give it to receivers that drop repetitions. */
  readonly deliveryId: string
  /** 1 for the first one. */
  readonly attempt: number
}

/**
 * Delivers one message. `signal` is aborted after 30 seconds, or when the Galaxy closes. Throw `ChannelDeferred` or
 * `ChannelRejected` to say what to do; any other error counts as deferred.
 */
export type Channel = (message: ChannelMessage, context: { readonly signal: AbortSignal }) => Promise<unknown>

/** Try again later, with growing waits, ten times at most. The message is a short code, which is stored and logged. */
export class ChannelDeferred extends Error {
  override readonly name = "ChannelDeferred"
}

/** Never try again. The message is a short code, which is stored and logged. */
export class ChannelRejected extends Error {
  override readonly name = "ChannelRejected"
}

/** The kind is unknown, or the recipients, the key or the payload can't be used. Nothing was stored. */
export class NotificationRefused extends Error {
  override readonly name = "NotificationRefused"
}

/** What one fact tells. Kind and key together identify it: the same again does nothing. */
export type Notification<Input> = {
  /** 1 to 200 characters, chosen by you, such as `match-7`. */
  readonly key: string
  readonly payload: Input
} & ({ readonly userId: string } | { readonly userIds: ReadonlyArray<string> })

/** What `notify` takes for a kind. */
export type InputOf<K> = K extends Kind<infer Input, infer _> ? Input : never
