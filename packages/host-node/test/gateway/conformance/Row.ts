/** A line of the table: what is sent, and what every cell has to say to it. */
import type { request as envelopeOf, Wish } from "../fixture.ts"
import type { Cell } from "./cells.ts"
import type { Channel } from "./channels.ts"
import type { Code } from "./reading.ts"
import type { Stand } from "./stand.ts"

export type Envelope = ReturnType<typeof envelopeOf>

/** What a call has to come to. */
export interface Expected {
  readonly code: Code | `http ${number}`
  /** Of the `ErrorInfo`; without one there are no details. */
  readonly reason?: string
  /** There is a `RetryInfo` too, of so many milliseconds at least and at most. */
  readonly retryMs?: readonly [least: number, most: number]
  /** Keys of the `ErrorInfo`'s metadata. */
  readonly metadata?: ReadonlyArray<string>
  /** The `result_code` of a unary call that succeeds; `ok` where it isn't said. */
  readonly result?: string
  /** Headers or trailers that have to be there. */
  readonly headers?: Readonly<Record<string, RegExp>>
  /** Whether the answer's messages are compressed; either way where it isn't said. */
  readonly compressed?: boolean
  /** Instead of a whole answer the exchange may be cut off. */
  readonly mayBeCut?: boolean
}

/** What a row changes of a sound call. */
export interface Change {
  readonly wish?: Wish
  readonly method?: string
  readonly path?: (usual: string) => string
  /** On top of the usual ones; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  /** Of the encoded envelope. */
  readonly message?: (usual: Uint8Array) => Uint8Array
  /** Of the whole body, framed and packed. */
  readonly body?: (usual: Buffer) => Uint8Array
  /** The parts that the body is sent in. */
  readonly parts?: (body: Uint8Array) => ReadonlyArray<Uint8Array>
  /** The request is left open. */
  readonly staysOpen?: boolean
  /** Asked whenever something has come; true goes away. Undefined leaves an open stream behind its first event. */
  readonly leaves?: (body: Buffer) => boolean
  /** We go away when it resolves. */
  readonly goes?: Promise<void>
  /** Must resolve too, beside the call. */
  readonly meanwhile?: () => Promise<void>
  /** The call is made so often; the last answer counts. */
  readonly times?: number
  /** Sent before, whatever comes of it. */
  readonly first?: Change
}

/** Gateways that differ in what they grant: as much as anybody likes, one call of a session, or one failure of an address. */
export const grants = ["usual", "one call", "one failure"] as const
export type Grant = (typeof grants)[number]

export interface Row {
  /** What is sent, as it stands in the page. */
  readonly what: string
  /** The cells it is for; all where it isn't said. */
  readonly in?: (cell: Cell) => boolean
  /** The channels it is for; all where it isn't said. */
  readonly on?: (channel: Channel) => boolean
  /** The gateway that it needs; the usual one where it isn't said. */
  readonly grant?: Grant
  readonly send: (cell: Cell, stand: Stand) => Change
  readonly expect: Expected | ((cell: Cell, channel: Channel) => Expected)
}

/** Rows that belong together, under their title in the page. */
export interface Section {
  readonly title: string
  readonly rows: ReadonlyArray<Row>
}
