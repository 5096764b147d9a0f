/**
 * A build of the web client, read into memory once: what is served later depends on no file.
 *
 * A build that isn't whole is refused at the start, with the name of the file that differs.
 */
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { Effect, Schema } from "effect"
import { isBelow, type PageFile, PageManifest } from "./PageManifest.ts"

/** The build can't be served: it is missing, damaged or too large. */
export class PageUnusable extends Schema.TaggedError<PageUnusable>()("PageUnusable", {
  message: Schema.String
}) {}

/** Which build is served: that of the installed package `@galaxy/web`, or the one in a folder. */
export type PageSource = true | { readonly folder: string }

/** The forms in which a file may be sent. */
export type Encoding = "identity" | "br" | "gzip"

/** One file in all its forms. */
export interface LoadedFile extends PageFile {
  readonly forms: { readonly identity: Buffer; readonly br?: Buffer; readonly gzip?: Buffer }
}

/** A whole build. */
export interface LoadedPage {
  readonly contentSecurityPolicy: string
  readonly shell: LoadedFile
  /** By the paths under which they are served. */
  readonly files: ReadonlyMap<string, LoadedFile>
}

/** A build of ours has about 2 MiB. */
const mostBytes = 64 * 1_048_576
const mostManifestBytes = 4 * 1_048_576
const deadlineMs = 30_000

const suffixes = { br: ".br", gzip: ".gz" } as const

const unusable = (message: string) => new PageUnusable({ message })

/**
 * The folder of the installed package's build, or undefined where it isn't installed or not built: the players' client in
 * `dist`, the operators' console in `dist-admin`.
 */
export const installedFolder = (name: "dist" | "dist-admin" = "dist"): string | undefined => {
  try {
    const folder = join(dirname(createRequire(import.meta.url).resolve("@galaxy/web/package.json")), name)
    return existsSync(join(folder, "manifest.json")) ? folder : undefined
  } catch {
    return undefined
  }
}

const folderOf = (source: PageSource): string => {
  if (source !== true) return source.folder
  const folder = installedFolder()
  if (folder === undefined) {
    throw unusable("the package @galaxy/web isn't installed, or not built; install it, or serve no page")
  }
  return folder
}

const manifestOf = async (folder: string): Promise<PageManifest> => {
  const file = join(folder, "manifest.json")
  const { size } = await stat(file)
  if (size > mostManifestBytes) throw unusable(`${file} is too large to be the list of a build`)
  const json = JSON.parse(await readFile(file, "utf8")) as unknown
  const manifest = Schema.decodeUnknownSync(PageManifest)(json)
  const outside = Object.keys(manifest.files).find((path) => !isBelow(path))
  if (outside !== undefined) throw unusable(`${file} lists ${JSON.stringify(outside)}, which can't be served`)
  return manifest
}

const totalOf = ({ files, shell }: PageManifest): number =>
  [shell, ...Object.values(files)].reduce(
    (sum, { encodings, length }) => sum + length + (encodings.br ?? 0) + (encodings.gzip ?? 0),
    0
  )

const formOf = async (path: string, length: number): Promise<Buffer> => {
  const content = await readFile(path)
  if (content.length !== length)
    throw unusable(`${path} has ${content.length} bytes, not ${length} as when it was built`)
  return content
}

const loadFile = async (path: string, file: PageFile): Promise<LoadedFile> => {
  const identity = await formOf(path, file.length)
  if (createHash("sha256").update(identity).digest("base64url") !== file.hash) {
    throw unusable(`${path} isn't as it was built`)
  }
  const { br, gzip } = file.encodings
  const forms = {
    identity,
    ...(br === undefined ? {} : { br: await formOf(path + suffixes.br, br) }),
    ...(gzip === undefined ? {} : { gzip: await formOf(path + suffixes.gzip, gzip) })
  }
  return { ...file, forms }
}

const loadAll = async (source: PageSource): Promise<LoadedPage> => {
  const folder = folderOf(source)
  const manifest = await manifestOf(folder)
  if (totalOf(manifest) > mostBytes) throw unusable(`the page in ${folder} is larger than ${mostBytes} bytes`)
  const files = new Map<string, LoadedFile>()
  for (const [path, file] of Object.entries(manifest.files)) {
    files.set(path, await loadFile(join(folder, path), file))
  }
  const shell = await loadFile(join(folder, "shell.html"), manifest.shell)
  return { contentSecurityPolicy: manifest.contentSecurityPolicy, shell, files }
}

/** Reads a build, at most 64 MiB, within 30 s. Fails with `PageUnusable`, which says what is wrong with it. */
export const load = (source: PageSource): Effect.Effect<LoadedPage, PageUnusable> =>
  Effect.tryPromise({
    try: () => loadAll(source),
    catch: (cause) =>
      cause instanceof PageUnusable
        ? cause
        : unusable(`the page can't be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  }).pipe(
    Effect.timeoutOrElse({
      duration: deadlineMs,
      orElse: () => Effect.fail(unusable("the page can't be read: the disk doesn't answer"))
    })
  )
