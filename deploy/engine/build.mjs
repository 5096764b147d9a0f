/**
 * Builds the engine's image: `node deploy/engine/build.mjs <version> [options]`.
 *
 * The context holds the packed packages as they would be published, and of the installed libraries those that the engine
 * is built on. Nothing is fetched but the base image, and no file of the repository outside of that is in the context.
 */
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import { buildPackages, makeContext } from "../lib/context.mjs"
import { build, inScratch, revision } from "../lib/tools.mjs"
import { images } from "../platform/images.mjs"

const usage = `usage: node deploy/engine/build.mjs <version> [options]
  <version>         as in the platform's registry: major.minor.patch
  --tag NAME        name of the image (galaxy-engine:<version>)
  --base IMAGE      image with Node 24 (that of the Containerfile)
  --tool PROGRAM    docker, podman or another with the same "build" (docker)
  --context FOLDER  only make the build context, in this new folder`

const give = (message) => {
  console.error(message)
  process.exit(2)
}

const readArguments = () => {
  const text = { type: "string" }
  const options = { tag: text, base: text, tool: text, context: text }
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [version = "", ...more] = positionals
    if (!/^\d+\.\d+\.\d+$/.test(version) || more.length > 0) return give(usage)
    return { version, ...values }
  } catch (error) {
    return give(`${error.message}\n${usage}`)
  }
}

const { version, tag = `galaxy-engine:${version}`, base, tool = "docker", context } = readArguments()
try {
  await inScratch(async (scratch) => {
    const folder = context === undefined ? join(scratch, "context") : resolve(context)
    buildPackages()
    makeContext(images.engine, folder, scratch)
    if (context !== undefined) return
    const values = { VERSION: version, REVISION: revision(), ...(base !== undefined && { BASE: base }) }
    await build({ tool, tag, values, folder, shown: true })
    console.log(`Built ${tag}.`)
  })
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
