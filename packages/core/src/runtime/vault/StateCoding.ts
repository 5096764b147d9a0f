/**
 * How bodies of state files are written into the database: compressed by a method that the host has, or as they are.
 *
 * Each row names its method, so what another host has written stays readable wherever that method is known.
 */
import { Context, Effect, Schema } from "effect"

/** A stored body can't be turned back into the file. The reason is for operators. */
export class StateCodingFailed extends Schema.TaggedError<StateCodingFailed>()("StateCodingFailed", {
  reason: Schema.String
}) {}

/** A body, and the name of the method that made it. */
export interface Encoded {
  readonly encoding: string
  readonly body: Uint8Array
}

/** One way to write bodies, which may read those of others too. */
export interface StateCodingShape {
  encode(bytes: Uint8Array): Effect.Effect<Encoded>
  /** Back to `size` bytes. Fails for a method that isn't known here, and for a body that isn't of that method. */
  decode(encoded: Encoded, size: number): Effect.Effect<Uint8Array, StateCodingFailed>
}

/** The method of bodies that are stored as they are. */
export const plain = "plain"

const asTheyAre: StateCodingShape = {
  encode: (bytes) => Effect.succeed({ encoding: plain, body: bytes }),
  decode: ({ encoding, body }) =>
    encoding === plain
      ? Effect.succeed(body)
      : Effect.fail(new StateCodingFailed({ reason: `this program can't read the encoding ${encoding}` }))
}

/** The method in use; without one of the host's, bodies are stored as they are. */
export const StateCoding = Context.Reference<StateCodingShape>("@galaxy/core/runtime/vault/StateCoding", {
  defaultValue: () => asTheyAre
})
