/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unsafe-call, typescript/no-unsafe-member-access -- plain JavaScript */
/**
 * Makes the bundle that is published: ES modules in `bundle/`, split where a command loads its handler, with everything
 * inside that they use. It has no dependencies at run time. The folder may be given as an argument.
 */
import { chmodSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

const here = dirname(fileURLToPath(import.meta.url))
const target = resolve(process.argv[2] ?? join(here, "bundle"))

rmSync(target, { recursive: true, force: true })
const bundle = await rolldown({
  input: { bin: join(here, "src/bin.ts") },
  platform: "node",
  resolve: { conditionNames: ["@galaxy/source", "import", "node", "default"] },
  // Only what other adapters would need, and no command reaches.
  external: ["pg-native"],
  onLog(level, log, report) {
    if (log.code === "EVAL" || log.code === "CIRCULAR_DEPENDENCY") return
    report(level, log)
  }
})
await bundle.write({
  dir: target,
  format: "esm",
  minify: true,
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js"
})
await bundle.close()
chmodSync(join(target, "bin.js"), 0o755)
// Modules wherever they are unpacked.
writeFileSync(join(target, "package.json"), '{"type":"module"}\n')
