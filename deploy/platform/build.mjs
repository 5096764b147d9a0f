/**
 * Builds the images of all of Galaxy's processes: `node deploy/platform/build.mjs <version> [options]`, or
 * `npm run images -- <version> [options]`.
 *
 * No registry is needed: by default the base is made of this repository's Node and this machine's C library.
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { buildBase } from "../lib/base.mjs"
import { buildPackages, makeContext } from "../lib/context.mjs"
import { build, inScratch, revision } from "../lib/tools.mjs"
import { buildServices } from "../services/services.mjs"
import { images } from "./images.mjs"

const processes = Object.keys(images).filter((it) => it !== "mail")

const usage = `usage: node deploy/platform/build.mjs <version> [options]
  <version>         of all images: major.minor.patch
  --prefix NAME     what their names begin with (galaxy-)
  --only NAMES      some of ${processes.join(", ")}; separated by commas
  --services        also galaxy-services (PostgreSQL and Redis of this machine) and galaxy-mail (a mail
                    catcher): for trying and tests, never for production
  --base IMAGE      image with Node 24, instead of one that is made here
  --label KEY=VALUE of all images; may be repeated
  --tool PROGRAM    docker, podman or another with the same "build" (docker)`

const give = (message) => {
  console.error(message)
  process.exit(2)
}

const readArguments = () => {
  const text = { type: "string" }
  const options = {
    prefix: text,
    only: text,
    base: text,
    tool: text,
    services: { type: "boolean" },
    label: { ...text, multiple: true }
  }
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [version = "", ...more] = positionals
    if (!/^\d+\.\d+\.\d+$/.test(version) || more.length > 0) return give(usage)
    const { prefix = "galaxy-", tool = "docker", services = false, base, label = [] } = values
    const only = values.only?.split(",") ?? processes
    const unknown = only.find((it) => !processes.includes(it))
    if (unknown !== undefined) return give(`there is no image "${unknown}"\n${usage}`)
    const labels = Object.fromEntries(label.map((it) => [it.split("=", 1)[0], it.slice(it.indexOf("=") + 1)]))
    return { version, prefix, tool, services, base, labels, names: services ? [...only, "mail"] : only }
  } catch (error) {
    return give(`${error.message}\n${usage}`)
  }
}

const { version, prefix, tool, services, names, labels, ...given } = readArguments()
const tagOf = (name) => `${prefix}${name}:${version}`

/** Contexts are made while the base is built; then the images, which share it, at once. */
const buildAll = async (scratch) => {
  const base = given.base ?? tagOf("node")
  const based = given.base === undefined ? buildBase({ tag: base, tool, labels }) : Promise.resolve()
  const served = services ? buildServices({ tag: tagOf("services"), tool, labels }) : Promise.resolve()
  const beside = Promise.all([based, served])
  // Its failure is told of below, by whoever waits for it.
  beside.catch(() => undefined)
  buildPackages()
  for (const name of names) makeContext(images[name], join(scratch, name), scratch)
  await beside
  const values = { VERSION: version, REVISION: revision(), BASE: base }
  await Promise.all(names.map((name) => build({ tool, tag: tagOf(name), labels, values, folder: join(scratch, name) })))
  return [...(given.base === undefined ? ["node"] : []), ...names, ...(services ? ["services"] : [])].map(tagOf)
}

const started = performance.now()
try {
  const built = await inScratch(buildAll)
  console.log(`Built ${built.join(", ")} in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
