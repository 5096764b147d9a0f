/** A small build of the web client in a folder of its own. */
import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { brotliCompressSync, gzipSync } from "node:zlib"

const policy = "default-src 'none'; script-src 'self'"
export const chunk = `export const it = "${"something ".repeat(400)}"`
export const shell = `<!doctype html><title>Galaxy</title><p>${"the shell ".repeat(40)}</p>`
export const icon = "<svg></svg>"

const entry = (type: string, content: string, more: object = {}) => ({
  type,
  length: Buffer.byteLength(content),
  hash: createHash("sha256").update(content).digest("base64url"),
  immutable: false,
  encodings: {},
  ...more
})

const both = (content: string) => ({ br: brotliCompressSync(content), gzip: gzipSync(content) })
const lengths = ({ br, gzip }: ReturnType<typeof both>) => ({ br: br.length, gzip: gzip.length })

export const forms = both(chunk)
const shellForms = both(shell)

export const chunkPath = "/_app/immutable/chunks/it.AAAA.js"

export const manifest = {
  format: 1,
  contentSecurityPolicy: policy,
  shell: entry("text/html; charset=utf-8", shell, { encodings: lengths(shellForms) }),
  files: {
    [chunkPath]: entry("text/javascript; charset=utf-8", chunk, { immutable: true, encodings: lengths(forms) }),
    "/icon.svg": entry("image/svg+xml", icon),
    "/_app/version.json": entry("application/json", "{}")
  }
}

/** Writes the build, with these changes of its files; `remove` deletes it. */
export const makePage = (changes: Readonly<Record<string, string>> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-page-"))
  const write = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  write(chunkPath, chunk)
  write(`${chunkPath}.br`, forms.br)
  write(`${chunkPath}.gz`, forms.gzip)
  write("shell.html", shell)
  write("shell.html.br", shellForms.br)
  write("shell.html.gz", shellForms.gzip)
  write("icon.svg", icon)
  write("_app/version.json", "{}")
  write("manifest.json", JSON.stringify(manifest))
  // Lies in the folder, and is in no list.
  write("secret.txt", "not for anybody")
  for (const [path, content] of Object.entries(changes)) write(path, content)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
