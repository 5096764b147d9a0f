/** The image of PostgreSQL and Redis, made of this machine's own programs. For trying and for tests alone. */
import { accessSync, constants, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { rootfs } from "../lib/rootfs.mjs"
import { build, inScratch, root } from "../lib/tools.mjs"

const executable = (path) => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const debian = "/usr/lib/postgresql"

/** The newest of Debian's versions of PostgreSQL. */
const postgresVersion = () => {
  try {
    const versions = readdirSync(debian).toSorted((a, b) => Number(b) - Number(a))
    return versions.find((it) => executable(join(debian, it, "bin/initdb")))
  } catch {
    return undefined
  }
}

const programAt = (name) =>
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(executable)

/** Where this machine has what the image is made of; throws with what to install. */
export const sources = () => {
  const version = postgresVersion()
  const redis = programAt("redis-server")
  const missing = [
    ...(version === undefined ? ["postgresql"] : []),
    ...(redis === undefined ? ["redis-server"] : []),
    ...(executable("/bin/sh") ? [] : ["a shell"])
  ]
  if (missing.length > 0) {
    throw new Error(`The image of PostgreSQL and Redis is made of this machine's own; install ${missing.join(", ")}.`)
  }
  return { version, redis, redisCli: programAt("redis-cli") }
}

const postgresPrograms =
  "initdb postgres pg_basebackup pg_controldata pg_ctl pg_dump pg_isready pg_promote pg_restore pg_rewind psql".split(
    " "
  )

/** Just-in-time compilation needs all of LLVM, and headers are for compilers. */
const isWanted = (path) => !/\/(bitcode|pgxs|man)\/|llvmjit|\.(a|o)$/.test(path)

/** Builds it under a name. */
export const buildServices = ({ tag, tool, labels }) =>
  inScratch(async (folder) => {
    const { version, redis, redisCli } = sources()
    const files = rootfs(join(folder, "rootfs"), { postgres: 1000 })
    const home = join(debian, version)
    for (const name of postgresPrograms) {
      const path = join(home, "bin", name)
      if (executable(path)) files.program(path)
    }
    files.tree(join(home, "lib"), isWanted)
    files.tree(join("/usr/share/postgresql", version), isWanted)
    // Debian's PostgreSQL has no time zones of its own.
    files.tree("/usr/share/zoneinfo", (path) => !/\/(posix|right)\//.test(path))
    files.program(redis, "/bin/redis-server")
    // Redis becomes its sentinel by the name that it is started under.
    files.program(redis, "/bin/redis-sentinel")
    if (redisCli !== undefined) files.program(redisCli, "/bin/redis-cli")
    for (const name of ["sh", "cat", "cp", "rm", "mkdir", "sleep"]) {
      const path = programAt(name)
      if (path !== undefined) files.program(path, `/bin/${name}`)
    }
    copyFileSync(join(root, "deploy/services/entrypoint"), join(folder, "rootfs/bin/entrypoint"))
    mkdirSync(join(folder, "data"))
    const recipe = readFileSync(join(root, "deploy/services/Containerfile"), "utf8")
    writeFileSync(join(folder, "Containerfile"), recipe.replaceAll("/postgresql/VERSION/", `/postgresql/${version}/`))
    await build({ tool, tag, labels, folder })
  })
