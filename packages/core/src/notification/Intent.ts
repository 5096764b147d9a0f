/**
 * Intents of producers and their validation. Every fault of an intent is found here, without the database, so that no
 * statement fails because of it later in the producer's transaction.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { eventTables, type NotificationKind } from "@galaxy/contract/events/EventKinds"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { type UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { type DateTime, Result, Schema } from "effect"
import type { MailWords } from "../mail/MailWords.ts"
import { languageOf } from "../shared/mailLanguage.ts"
import * as Catalog from "./Catalog.ts"
import type { ForeignKind, ForeignKinds } from "./ForeignKinds.ts"
import { isStorable, storableText } from "./wellFormed.ts"

/**
 * A producer's request to notify players of one fact. At most 10,000 recipients, a key of 1 to 200 characters and a
 * payload of 65,536 characters of JSON.
 */
export interface Intent<K extends string = string> {
  /** A kind of the catalogue. */
  readonly kind: K
  /** Chosen by the producer. Kind and key together identify the fact. */
  readonly idempotencyKey: string
  readonly recipients: ReadonlyArray<UserId>
  readonly payload: codec.JsonObject
  /** The notice is about the end of the recipients' accounts: it reaches deleted and blocked ones as well. */
  readonly evenEnded?: boolean
}

/** An intent whose kind is in the catalogue. */
export type KnownIntent = Intent<NotificationKind>

/** A valid intent, ready to be stored and sent by the channels of its kind. */
export interface Prepared {
  /** The payload as JSON. */
  readonly stored: string
  /** Without duplicates. */
  readonly recipients: ReadonlyArray<UserId>
  /** The payload as FlatBuffers; undefined if the kind is no event. */
  readonly event: Uint8Array | undefined
  /** The mail's words in a language; undefined if the kind has no mail. */
  readonly mail: ((language: string) => MailWords) | undefined
  readonly mailTo: Catalog.CatalogRow["mailTo"]
  /** Channels of the embedding program; none but for foreign kinds. */
  readonly channels: ReadonlyArray<string>
  readonly mailExpiresAt: DateTime.Utc | undefined
  /** The player whose mails of this kind are bounded; undefined if the platform causes them. */
  readonly mailSender: UserId | undefined
}

const maxKey = 200
const maxRecipients = 10_000
const maxPayload = 64 * 1024
const maxExcerpt = 4_000

const malformedOf = (intent: Intent): string | undefined => {
  if (typeof intent.idempotencyKey !== "string" || !isStorable(intent.idempotencyKey))
    return "idempotency key: not a string"
  if (intent.idempotencyKey === "" || intent.idempotencyKey.length > maxKey) return "idempotency key: wrong length"
  if (!Array.isArray(intent.recipients) || intent.recipients.length > maxRecipients)
    return "recipients: not a list, or too many"
  if (!intent.recipients.every((it: unknown) => typeof it === "string" && uuidPattern.test(it)))
    return "recipients: not all are user ids"
  return isStorable(intent.payload) ? undefined : "payload: text that can't be stored"
}

const utf8 = new TextEncoder()

const prepareForeign = (intent: Intent, { pushed, mail, channels }: ForeignKind): Result.Result<Prepared, string> => {
  const stored = JSON.stringify(intent.payload)
  if (stored.length > maxPayload) return Result.fail("payload: too large")
  return Result.succeed({
    stored,
    recipients: [...new Set(intent.recipients)],
    event: pushed ? utf8.encode(stored) : undefined,
    mail: mail === undefined ? undefined : (language) => mail(language, intent.payload),
    mailTo: "recipients",
    channels,
    mailExpiresAt: undefined,
    mailSender: undefined
  })
}

const prepareOrThrow = (intent: Intent, foreign: ForeignKinds): Result.Result<Prepared, string> => {
  const malformed = malformedOf(intent)
  const kind = Catalog.find(intent.kind)
  if (kind === undefined) {
    const added = Object.hasOwn(foreign, intent.kind) ? foreign[intent.kind] : undefined
    if (added === undefined) return Result.fail("unknown kind")
    return malformed === undefined ? prepareForeign(intent, added) : Result.fail(malformed)
  }
  if (malformed !== undefined) return Result.fail(malformed)
  const payload = Schema.decodeUnknownResult(kind.payload)(intent.payload)
  if (Result.isFailure(payload)) return Result.fail(`payload: ${payload.failure.message}`)
  const stored = JSON.stringify(intent.payload)
  if (stored.length > maxPayload) return Result.fail("payload: too large")
  const { event, mail, mailTo } = kind
  return Result.succeed({
    stored,
    recipients: [...new Set(intent.recipients)],
    event: event === undefined ? undefined : codec.encode(tables, eventTables[event], intent.payload),
    mail: mail === undefined ? undefined : (language) => mail.words[languageOf(language)](payload.success),
    mailTo,
    channels: [],
    mailExpiresAt: mail?.expiresAt?.(payload.success),
    mailSender: mail?.sender?.(payload.success)
  })
}

/** Returns the prepared intent, or a description of its fault. Never throws. */
export const prepare = (intent: Intent, foreign: ForeignKinds = {}): Result.Result<Prepared, string> => {
  try {
    return prepareOrThrow(intent, foreign)
  } catch (cause) {
    return Result.fail(cause instanceof Error ? cause.message : String(cause))
  }
}

/** A bounded excerpt of a malformed intent for operators, as JSON that PostgreSQL can store. */
export const excerpt = (intent: Intent): string => {
  const text = (value: unknown): string => {
    try {
      return storableText(typeof value === "string" ? value : JSON.stringify(value), maxExcerpt)
    } catch (cause) {
      return `unreadable: ${storableText(cause, 200)}`
    }
  }
  return JSON.stringify({
    kind: text(intent.kind).slice(0, maxKey),
    idempotency_key: text(intent.idempotencyKey).slice(0, maxKey),
    recipients: Array.isArray(intent.recipients) ? intent.recipients.length : 0,
    payload: text(intent.payload)
  })
}

/** A fault in words for operators. */
export const reasonOf = (fault: string): string => storableText(fault, 2_000)
