/**
 * Makes of SvelteKit's output the folder that a gateway serves: each file with its compressed forms, and a manifest that
 * lists them all.
 *
 * Files whose names carry their hash are kept from the build before, so that a page that was opened before an update
 * still finds its parts. The build after that drops them.
 */
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, extname, join } from "node:path"
import { brotliCompressSync, constants, gzipSync } from "node:zlib"
import type { PageFile, PageManifest } from "@galaxy/host-node/gateway/page/PageManifest"
import { filesBelow } from "../lib/tree.ts"
import { contentSecurityPolicy } from "./policy.ts"
import type { Weights } from "./weights.ts"

/** The manifest as a build writes it: with what only the next build needs. */
export interface BuiltManifest extends PageManifest {
  /** Hash of what it was made of. */
  readonly inputs: string
  readonly shell: BuiltFile
  readonly files: Readonly<Record<string, BuiltFile>>
  /** What the players' screens load when they are opened first. */
  readonly weights?: Weights
}

interface BuiltFile extends PageFile {
  /** Left from the build before. */
  readonly kept?: true
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2"
}

/** Types that are compressed already. */
const dense = new Set([".ico", ".png", ".webp", ".woff2"])

const suffixes = { br: ".br", gzip: ".gz" } as const

const compressors: Readonly<Record<keyof typeof suffixes, (content: Buffer) => Buffer>> = {
  br: (content) =>
    brotliCompressSync(content, {
      params: {
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length
      }
    }),
  gzip: (content) => gzipSync(content, { level: constants.Z_BEST_COMPRESSION })
}

const isImmutable = (path: string): boolean => path.startsWith("/_app/immutable/")

const shellFile = "shell.html"

/** The manifest of an earlier build; undefined where there is none that can be read. */
export const builtManifest = (folder: string): BuiltManifest | undefined => {
  try {
    return JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as BuiltManifest
  } catch {
    return undefined
  }
}

/** Where an earlier build lies, and what it lists. */
interface Earlier {
  readonly folder: string
  readonly manifest: BuiltManifest | undefined
}

const store = (target: string, path: string, content: Buffer, earlier: Earlier): PageFile => {
  const extension = extname(path)
  const type = types[extension]
  if (type === undefined) throw new Error(`${path}: no content type is known for ${extension}`)
  const hash = createHash("sha256").update(content).digest("base64url")
  const file = join(target, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  const before = earlier.manifest?.files[path]
  const encodings: { br?: number; gzip?: number } = {}
  for (const [encoding, suffix] of dense.has(extension) ? [] : Object.entries(suffixes)) {
    const name = encoding as keyof typeof suffixes
    // Compressing takes longer than everything else here, and most files are those of the build before.
    const known = before?.hash === hash && existsSync(join(earlier.folder, path + suffix))
    const compressed = known ? readFileSync(join(earlier.folder, path + suffix)) : compressors[name](content)
    if (compressed.length >= content.length) continue
    writeFileSync(file + suffix, compressed)
    encodings[name] = compressed.length
  }
  return { type, length: content.length, hash, immutable: isImmutable(path), encodings }
}

/** What stays of the build before, by path. A build that changed nothing keeps what that one had kept. */
const leftOf = ({ manifest }: Earlier, fresh: Readonly<Record<string, unknown>>): ReadonlyMap<string, BuiltFile> => {
  const gone = Object.entries(manifest?.files ?? {}).filter(
    ([path, { immutable }]) => immutable && fresh[path] === undefined
  )
  const own = gone.filter(([, { kept }]) => kept !== true)
  return new Map(own.length > 0 ? own : gone)
}

/** Bytes of a file as gzip sends it. */
export type SizeOf = (path: string) => number

/** Makes the policy of a page from its shell and the texts of its scripts. */
export type PolicyOf = (shell: string, scripts: ReadonlyArray<string>) => string

/** Writes the folder `target` from what Vite has made and what the build before it has left. */
export const assemble = (
  site: string,
  target: string,
  before: string,
  inputs: string,
  policyOf: PolicyOf = contentSecurityPolicy,
  weigh?: (sizeOf: SizeOf) => Weights
): BuiltManifest => {
  rmSync(target, { recursive: true, force: true })
  const earlier: Earlier = { folder: before, manifest: builtManifest(before) }
  const contents = new Map(filesBelow(site).map((path) => [`/${path}`, readFileSync(join(site, path))]))
  const shell = contents.get(`/${shellFile}`)
  if (shell === undefined) throw new Error(`SvelteKit has made no ${shellFile}`)
  const files: Record<string, BuiltFile> = {}
  for (const [path, content] of contents) {
    if (path !== `/${shellFile}`) files[path] = store(target, path, content, earlier)
  }
  for (const [path, file] of leftOf(earlier, files)) {
    for (const suffix of ["", ...Object.keys(file.encodings).map((it) => suffixes[it as keyof typeof suffixes])]) {
      mkdirSync(dirname(join(target, path)), { recursive: true })
      copyFileSync(join(before, path + suffix), join(target, path + suffix))
    }
    files[path] = { ...file, kept: true }
  }
  const sizeOf: SizeOf = (path) => {
    const file = files[`/${path}`]
    if (file === undefined) throw new Error(`the build has no ${path}`)
    return file.encodings.gzip ?? file.length
  }
  const scripts = [...contents].flatMap(([path, content]) => (path.endsWith(".js") ? [content.toString("utf8")] : []))
  const manifest: BuiltManifest = {
    format: 1,
    inputs,
    contentSecurityPolicy: policyOf(shell.toString("utf8"), scripts),
    ...(weigh === undefined ? {} : { weights: weigh(sizeOf) }),
    shell: store(target, `/${shellFile}`, shell, earlier),
    files: Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  writeFileSync(join(target, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`)
  return manifest
}
