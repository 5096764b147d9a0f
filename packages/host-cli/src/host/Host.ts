/**
 * The process around a command: environment, streams, network, ids.
 *
 * Everything that a command reads or writes outside of itself goes through here, so that a test runs a whole command in
 * process with a terminal of its choice, fixed ids and a server in memory.
 */
import { Context, Data, type Effect } from "effect"

/** A stream that is written to. */
export interface Sink {
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number
  /** Whether its reader has gone, as `head` has once it has seen enough. What only reads may end then. */
  readonly closed: boolean
  /** Waits until the text is taken. Where the reader has gone it is dropped: what changes something runs to its end. */
  readonly write: (text: string) => Effect.Effect<void>
}

/** Standard input can't be taken; the message says why. */
export class UnreadableInput extends Data.TaggedError("UnreadableInput")<{ readonly message: string }> {}

/** Standard input. */
export interface Source {
  readonly isTerminal: boolean
  /** The next line without its end, or undefined at the end of the input. The question is written to standard error. */
  readonly question: (text: string, options: { readonly hidden: boolean }) => Effect.Effect<string | undefined>
  /** The whole input; fails with a sentence where it is longer than `maxBytes` or not valid UTF-8. */
  readonly readAll: (maxBytes: number) => Effect.Effect<string, UnreadableInput>
}

/** What a command needs of the process. */
export interface HostShape {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly home: string
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  readonly fetch: typeof globalThis.fetch
  /** A new UUID for a request. */
  readonly newId: () => string
  /** IANA name of the time zone of this machine. */
  readonly timeZone: string
}

/** The process around a command. */
export class Host extends Context.Service<Host, HostShape>()("galaxy-admin/Host") {}
