/**
 * Builds the platform's images for tests, unless there are any of this content, and prints the beginning of their names. One
 * process of this tree at a time builds; whoever comes second finds them done.
 */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { exclusively } from "../../scripts/lib/exclusive.ts"
import { root } from "../../scripts/lib/tree.ts"
import { contentHash } from "./content.ts"
import { imageNames, testVersion, treeLabel } from "./names.ts"

const docker = (...args: ReadonlyArray<string>): string =>
  execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim()

const areThere = (names: ReadonlyArray<string>): boolean => {
  try {
    docker("image", "inspect", "--format", "{{.Id}}", ...names)
    return true
  } catch {
    return false
  }
}

const prefix = `galaxy-test-${contentHash()}-`
const tree = `${treeLabel}=${createHash("sha256").update(root).digest("hex").slice(0, 12)}`

/** Those of earlier content, as far as no container is made of them. */
const removeOlder = (): void => {
  const tags = docker("image", "ls", "--filter", `label=${tree}`, "--format", "{{.Repository}}:{{.Tag}}").split("\n")
  for (const tag of tags.filter((it) => it.startsWith("galaxy-test-") && !it.startsWith(prefix))) {
    try {
      docker("image", "rm", tag)
    } catch {
      // A test of that content runs.
    }
  }
}

exclusively("images", () => {
  if (areThere(Object.values(imageNames(prefix)))) return
  const recipe = join(root, "deploy/platform/build.mjs")
  execFileSync(
    process.execPath,
    [recipe, testVersion, "--services", "--prefix", prefix, "--label", tree, "--label", `${treeLabel}.tests=1`],
    { stdio: ["ignore", "ignore", "inherit"] }
  )
  removeOlder()
})
process.stdout.write(prefix)
