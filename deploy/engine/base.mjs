/**
 * Builds a base image from nothing but this repository's Node and this machine's C library:
 * `node deploy/engine/base.mjs [--tag NAME] [--tool PROGRAM]`, for where no registry can be reached.
 *
 * The image has Node, the libraries that it and the installed native addons are linked to, two accounts and an empty
 * /tmp. Linux with glibc only.
 */
import { parseArgs } from "node:util"
import { buildBase } from "../lib/base.mjs"

const { tag = "galaxy-node:24", tool = "docker" } = parseArgs({
  options: { tag: { type: "string" }, tool: { type: "string" } }
}).values

try {
  await buildBase({ tag, tool })
  console.log(`Built ${tag}.`)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
