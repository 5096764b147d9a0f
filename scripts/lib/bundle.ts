/** Makes the bundle of `bundled.ts`: the first argument is the folder, the second where that will be. */
import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { type Plugin, rolldown } from "rolldown"
import { entries } from "./bundled.ts"
import { root } from "./tree.ts"

const [folder, place] = process.argv.slice(2)
if (folder === undefined || place === undefined) throw new Error("usage: node scripts/lib/bundle.ts <folder> <place>")

const source = join(root, "packages/host-node/src")

/** A program finds another one relative to the module that starts it; of that, only the program is a file of its own. */
const places: Plugin = {
  name: "places",
  transform(code, id) {
    if (!id.startsWith(source) || !code.includes("import.meta.url")) return undefined
    const file = join(place, relative(source, id).replace(/\.ts$/, ".js"))
    return code.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(file).href))
  }
}

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [entry, join(source, `${entry}.ts`)])),
  platform: "node",
  resolve: { conditionNames: ["@galaxy/source", "import", "node", "default"] },
  // Other libraries are few files, and some read others beside them or are native.
  external: (id) => !/^(\.|\/|@galaxy\/|@effect\/|effect(\/|$))/.test(id),
  plugins: [places],
  onLog(level, log, report) {
    if (log.code !== "EVAL" && log.code !== "CIRCULAR_DEPENDENCY") report(level, log)
  }
})
await bundle.write({
  dir: folder,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js"
})
await bundle.close()
writeFileSync(join(folder, "package.json"), '{"type":"module"}\n')
