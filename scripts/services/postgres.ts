/**
 * A throw-away PostgreSQL cluster on loopback, with a random password.
 *
 * Its data need not outlive the run, so nothing waits for the disk.
 */
import { execFile, execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { launch, onFreePort, type Service } from "./process.ts"

/** PostgreSQL refuses to run as root: root lends it the identity of a user without rights. */
export const unprivileged = (): { uid?: number; gid?: number } => {
  if (process.getuid?.() !== 0) return {}
  for (const user of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, user], { stdio: ["ignore", "pipe", "ignore"] }))
      return { uid: id("-u"), gid: id("-g") }
    } catch {
      // No such user here: the next one.
    }
  }
  throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")
}

export const startPostgres = async (programs: string, parent: string): Promise<Service> => {
  const folder = join(parent, "postgres")
  const data = join(folder, "data")
  const passwordFile = join(folder, "password")
  const password = randomBytes(16).toString("hex")
  const identity = unprivileged()
  mkdirSync(folder, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (identity.uid !== undefined && identity.gid !== undefined) {
    chmodSync(parent, 0o711)
    chownSync(folder, identity.uid, identity.gid)
    chownSync(passwordFile, identity.uid, identity.gid)
  }
  await promisify(execFile)(
    join(programs, "initdb"),
    [
      `--pgdata=${data}`,
      "--username=galaxy",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
      "--no-instructions"
    ],
    { ...identity, cwd: "/", env: { ...process.env, LC_ALL: "C" } }
  )
  return onFreePort(async (port) => {
    const settings = {
      listen_addresses: "127.0.0.1",
      port,
      unix_socket_directories: "",
      max_connections: 300,
      shared_buffers: "128MB",
      fsync: "off",
      synchronous_commit: "off",
      full_page_writes: "off"
    }
    const stop = await launch({
      name: "PostgreSQL",
      command: join(programs, "postgres"),
      args: ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
      identity,
      ready: /ready to accept connections/,
      // Ends open sessions instead of waiting for them.
      stopSignal: "SIGINT"
    })
    return { url: `postgres://galaxy:${password}@127.0.0.1:${port}/postgres`, stop }
  })
}
