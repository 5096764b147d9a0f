/**
 * What producers ask for, and whether it can be done: everything about an intent that can be wrong is found here, without
 * the database, so that no statement fails for it later in the producer's transaction.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { type EventKind, payloadTable } from "@galaxy/contract/events/EventKinds"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { type UserId, uuidPattern } from "@galaxy/contract/ids/Ids"
import { type DateTime, Result, Schema } from "effect"
import * as Catalog from "./Catalog.ts"
import { isStorable, storableText } from "./wellFormed.ts"

export interface Intent<K extends string = string> {
  /** A kind of the catalogue. */
  readonly kind: K
  /** Of the producer's making; with the kind it names the fact. */
  readonly idempotencyKey: string
  readonly recipients: ReadonlyArray<UserId>
  readonly payload: codec.JsonObject
}

/** An intent of a kind that there is. */
export type KnownIntent = Intent<EventKind>

/** What goes out: an event, and a mail where the kind has one. */
export interface Prepared {
  /** The payload as JSON. */
  readonly stored: string
  /** Without repetitions. */
  readonly recipients: ReadonlyArray<UserId>
  readonly event: Uint8Array
  readonly mail: ((language: string) => Catalog.MailText) | undefined
  readonly mailExpiresAt: DateTime.Utc | undefined
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

const prepareOrThrow = (intent: Intent): Result.Result<Prepared, string> => {
  const kind = Catalog.find(intent.kind)
  const table = payloadTable(intent.kind)
  if (kind === undefined || table === undefined) return Result.fail("unknown kind")
  const malformed = malformedOf(intent)
  if (malformed !== undefined) return Result.fail(malformed)
  const payload = Schema.decodeUnknownResult(kind.payload)(intent.payload)
  if (Result.isFailure(payload)) return Result.fail(`payload: ${payload.failure.message}`)
  const stored = JSON.stringify(intent.payload)
  if (stored.length > maxPayload) return Result.fail("payload: too large")
  const { mail } = kind
  return Result.succeed({
    stored,
    recipients: [...new Set(intent.recipients)],
    event: codec.encode(tables, table, intent.payload),
    mail: mail === undefined ? undefined : (language) => mail.texts[Catalog.languageOf(language)](payload.success),
    mailExpiresAt: mail?.expiresAt?.(payload.success)
  })
}

/** The intent made ready, or what is wrong with it. */
export const prepare = (intent: Intent): Result.Result<Prepared, string> => {
  try {
    return prepareOrThrow(intent)
  } catch (cause) {
    return Result.fail(cause instanceof Error ? cause.message : String(cause))
  }
}

/** What operators find of a malformed intent, as JSON that can be stored. */
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

/** A fault as operators read it. */
export const reasonOf = (fault: string): string => storableText(fault, 2_000)
