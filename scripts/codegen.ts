/**
 * Regenerates `packages/contract/src/gen` from `proto/` and `fbs/`, then the reference pages from the code, then
 * `docs/api` from the declarations.
 *
 * With `--check` nothing is written: it fails and lists the files that differ
 * from what the sources give.
 */
import { execFile, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { generateReaders } from "./codegen/flatc.ts"
import { readSchemas } from "./codegen/fbsSchema.ts"
import { renderTables } from "./codegen/fbsTables.ts"
import { filesBelow, root, toolEnv } from "./lib/tree.ts"

const target = "packages/contract/src/gen"

const generateProto = async (base: string): Promise<void> => {
  await promisify(execFile)("buf", ["generate", "--output", base], { cwd: root, env: toolEnv() })
}

const generateFbs = async (base: string): Promise<void> => {
  const names = filesBelow(join(root, "fbs")).filter((name) => name.endsWith(".fbs"))
  const sources = new Map(names.map((name) => [name, readFileSync(join(root, "fbs", name), "utf8")]))
  const write = (path: string, text: string): void => {
    const file = join(base, target, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  write("fbs-tables.ts", renderTables(readSchemas(new Map([...sources].map(([name, text]) => [`fbs/${name}`, text])))))
  for (const [path, text] of await generateReaders(sources)) write(`fbs/${path}`, text)
}

/** Paths below `target` that are missing, superfluous or different in the tree. */
const drift = (base: string): ReadonlyArray<{ path: string; wanted: string | undefined }> => {
  const paths = new Set([...filesBelow(join(base, target)), ...filesBelow(join(root, target))])
  return [...paths].toSorted().flatMap((path) => {
    const read = (at: string) =>
      existsSync(join(at, target, path)) ? readFileSync(join(at, target, path), "utf8") : undefined
    const wanted = read(base)
    return wanted === read(root) ? [] : [{ path, wanted }]
  })
}

const main = async (): Promise<number> => {
  const base = mkdtempSync(join(tmpdir(), "galaxy-codegen-"))
  try {
    await Promise.all([generateProto(base), generateFbs(base)])
    const changes = drift(base)
    if (process.argv.includes("--check")) {
      if (changes.length === 0) return 0
      console.error("Generated code differs from proto/ and fbs/; run `npm run codegen` and commit:")
      for (const { path } of changes) console.error(`  ${target}/${path}`)
      return 1
    }
    for (const { path, wanted } of changes) {
      const file = join(root, target, path)
      if (wanted === undefined) rmSync(file)
      else {
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(file, wanted)
      }
      console.log(`${wanted === undefined ? "removed" : "wrote"} ${target}/${path}`)
    }
    console.log(changes.length === 0 ? "generated code is up to date" : `${changes.length} files changed`)
    return 0
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string }
    console.error(stderr || message)
    return 1
  } finally {
    rmSync(base, { recursive: true, force: true })
  }
}

/** The pages are written by a process of their own: it imports the code that was generated just now. */
const generateReference = (): number => {
  const script = join(root, "scripts/reference.ts")
  return spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1
}

/** `npm run check` compares these pages itself, once the declarations are built. */
const generateApiPages = (): number => {
  if (process.argv.includes("--check")) return 0
  for (const script of ["scripts/build.ts", "scripts/publish/apiReport.ts"]) {
    const { status } = spawnSync(process.execPath, [join(root, script)], { stdio: "inherit" })
    if (status !== 0) return status ?? 1
  }
  return 0
}

process.exitCode = Math.max(await main(), generateReference()) || generateApiPages()
