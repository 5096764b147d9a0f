/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access -- plain JavaScript */
/**
 * Makes the bundle that is published: ES modules in `bundle/`, split where a command loads its handler, with everything
 * inside that they use. It has no dependencies at run time. The folder may be given as an argument.
 */
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { rolldown } from "rolldown"

const here = dirname(fileURLToPath(import.meta.url))
const target = resolve(process.argv[2] ?? join(here, "bundle"))

/** @param {string} input @param {string} dir @param {boolean} minify */
const build = async (input, dir, minify) => {
  const bundle = await rolldown({
    input: join(here, "src", input),
    platform: "node",
    resolve: { conditionNames: ["@galaxy/source", "import", "node", "default"] },
    // Only what other adapters would need, and no command reaches.
    external: ["pg-native"],
    onLog(level, log, report) {
      if (log.code === "EVAL" || log.code === "CIRCULAR_DEPENDENCY") return
      report(level, log)
    }
  })
  await bundle.write({ dir, format: "esm", minify, entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" })
  await bundle.close()
  // Modules wherever they are unpacked.
  writeFileSync(join(dir, "package.json"), '{"type":"module"}\n')
}

// Made beside it and exchanged as a whole: somebody may be packing the one that is there.
const made = `${target}.${process.pid}`
const before = `${made}.before`
await build("bin.ts", made, true)
chmodSync(join(made, "bin.js"), 0o755)

// Help and manual come from the tree of commands, which Node can't load from these sources by itself.
const scratch = mkdtempSync(join(tmpdir(), "galaxy-admin-bake-"))
try {
  await build("help/bake.ts", scratch, false)
  const { bake } = await import(pathToFileURL(join(scratch, "bake.js")).href)
  await bake(made)
  if (existsSync(target)) renameSync(target, before)
  renameSync(made, target)
} finally {
  for (const folder of [scratch, made, before]) rmSync(folder, { recursive: true, force: true })
}
