/**
 * Builds a base image from nothing but this repository's Node and this machine's C library:
 * `node deploy/engine/base.mjs [--tag NAME] [--tool PROGRAM]`, for where no registry can be reached.
 *
 * The image has Node, the libraries that it is linked to, two accounts and an empty /tmp. Linux with glibc only.
 */
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")
const node = join(root, "node_modules/node/bin/node")
const certificates = "/etc/ssl/certs/ca-certificates.crt"

const { tag = "galaxy-node:24", tool = "docker" } = parseArgs({
  options: { tag: { type: "string" }, tool: { type: "string" } }
}).values

const folder = mkdtempSync(join(tmpdir(), "galaxy-base-"))
const put = (from, to) => {
  mkdirSync(dirname(join(folder, "rootfs", to)), { recursive: true })
  copyFileSync(realpathSync(from), join(folder, "rootfs", to))
}
const write = (to, text) => {
  mkdirSync(dirname(join(folder, "rootfs", to)), { recursive: true })
  writeFileSync(join(folder, "rootfs", to), text)
}

try {
  put(node, "/bin/node")
  // Each line names one as `libm.so.6 => /lib/… (0x…)`, or the loader by its path alone.
  for (const [path] of execFileSync("ldd", [node], { encoding: "utf8" }).matchAll(/\/\S+/g)) put(path, path)
  if (existsSync(certificates)) put(certificates, certificates)
  write("/etc/passwd", "root:x:0:0:root:/:/bin/false\nnode:x:1000:1000:node:/app:/bin/false\n")
  write("/etc/group", "root:x:0:\nnode:x:1000:\n")
  write("/etc/nsswitch.conf", "hosts: files dns\n")
  mkdirSync(join(folder, "rootfs/tmp"))
  chmodSync(join(folder, "rootfs/tmp"), 0o1777)
  writeFileSync(join(folder, "Containerfile"), 'FROM scratch\nCOPY rootfs /\nENV PATH=/bin\nENTRYPOINT ["node"]\n')
  execFileSync(tool, ["build", "--file", join(folder, "Containerfile"), "--tag", tag, folder], { stdio: "inherit" })
  console.log(`Built ${tag}.`)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
