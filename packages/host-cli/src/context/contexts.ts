/**
 * Stored contexts: which server, which administrator, and how to get the password. The password itself is never stored.
 *
 * They are in `$XDG_CONFIG_HOME/galaxy/admin.json`, which only its owner may read.
 */
import { join } from "node:path"
import { Effect, Schema } from "effect"
import { LocalFailure } from "../failures.ts"
import type { HostShape } from "../host/Host.ts"
import { readPrivate, writePrivate } from "./files.ts"

const PasswordFrom = Schema.Union([
  /** Ask for it each time. */
  Schema.Struct({ from: Schema.Literal("prompt") }),
  /** The first line of a file that only its owner may read. */
  Schema.Struct({ from: Schema.Literal("file"), path: Schema.NonEmptyString }),
  /** The first line that a program prints, started without a shell. */
  Schema.Struct({ from: Schema.Literal("command"), command: Schema.NonEmptyArray(Schema.String) })
])

/** How to get a password. */
export type PasswordFrom = typeof PasswordFrom.Type

const StoredContext = Schema.Struct({
  server: Schema.NonEmptyString,
  user: Schema.NonEmptyString,
  password: PasswordFrom,
  /** The password may go over http:// to another machine. */
  insecure: Schema.optionalKey(Schema.Boolean)
})

/** One stored context. */
export type StoredContext = typeof StoredContext.Type

const ContextsFile = Schema.Struct({
  current: Schema.optionalKey(Schema.String),
  contexts: Schema.Record(Schema.String, StoredContext)
})

/** All of them, and which one is used where none is named. */
export type Contexts = typeof ContextsFile.Type

/** Where they are stored. */
export const contextsFile = ({ env, home }: HostShape): string =>
  join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "galaxy", "admin.json")

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(ContextsFile))

/** The stored contexts; none where there is no file. Fails where the file is damaged or not private. */
export const readContexts = (host: HostShape): Effect.Effect<Contexts, LocalFailure> =>
  Effect.flatMap(readPrivate(contextsFile(host)), (text) =>
    text === undefined
      ? Effect.succeed<Contexts>({ contexts: {} })
      : Effect.mapError(
          decode(text),
          () =>
            new LocalFailure({
              message: `${contextsFile(host)} isn't a file of contexts.`,
              hint: "Correct it, or remove it and sign in again: galaxy-admin login"
            })
        )
  )

/** Replaces them. */
export const writeContexts = (host: HostShape, contexts: Contexts): Effect.Effect<void, LocalFailure> =>
  writePrivate(contextsFile(host), `${JSON.stringify(contexts, null, 2)}\n`)
