/** The list of what a build of the web client consists of: nothing else of its folder is ever served. */
import { Schema } from "effect"

const Length = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** One file, as it is served. Its compressed forms lie beside it, with `.br` and `.gz` at the end of their names. */
export const PageFile = Schema.Struct({
  /** Its `Content-Type`. */
  type: Schema.NonEmptyString,
  /** Bytes. */
  length: Length,
  /** SHA-256 in base64url. */
  hash: Schema.String.check(Schema.isPattern(/^[\w-]{43}$/)),
  /** Another content has another name, so that it may be cached for ever. */
  immutable: Schema.Boolean,
  /** Bytes of each compressed form. */
  encodings: Schema.Struct({ br: Schema.optionalKey(Length), gzip: Schema.optionalKey(Length) })
})
/** One file of a build. */
export type PageFile = typeof PageFile.Type

/** Whether this is a path below the folder: plain names, none of which leads up again. */
export const isBelow = (path: string): boolean => /^(\/(?!\.{1,2}(\/|$))[\w.-]+)+$/.test(path)

/** `manifest.json` of a build. Keys of `files` are the paths under which they are served, from `/` on. */
export const PageManifest = Schema.Struct({
  format: Schema.Literal(1),
  contentSecurityPolicy: Schema.NonEmptyString,
  /** The page that starts the program, `shell.html` in the folder. */
  shell: PageFile,
  files: Schema.Record(Schema.String, PageFile)
})
/** The list of a build. */
export type PageManifest = typeof PageManifest.Type
