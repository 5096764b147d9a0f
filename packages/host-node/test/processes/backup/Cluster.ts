/**
 * PostgreSQL clusters of the drills, made of the programs of this machine: started, copied, killed and brought back by the
 * commands of the operators' page.
 *
 * Unlike the server that all tests share, such a cluster archives its log, and ends where a drill ends it.
 */
import { spawn } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { freePort, postgresPrograms, unprivileged } from "../../../../../scripts/lib/serversForTests.ts"

/** Longest run of one command. */
const longestMs = 60_000

/** A place of its own for clusters and their copies, and the surroundings in which the page's commands run. */
export interface Place {
  /** What the page calls `$BACKUPS`. */
  readonly backups: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  /** A path for a data directory. */
  readonly data: (name: string) => string
  /** The address of a database of the cluster that runs. */
  readonly url: (database: string) => string
  /** Runs a script of a shell as the user that PostgreSQL runs as; returns what it printed. */
  readonly sh: (script: string, more?: Readonly<Record<string, string>>) => Effect.Effect<string>
  /** The same as whoever runs the platform, who has `galaxy-admin`. */
  readonly asOperator: Place["sh"]
  /** Makes a data directory, with these lines in its configuration. */
  readonly init: (data: string, configuration: string) => Effect.Effect<void>
}

const ran = (
  script: string,
  env: Readonly<Record<string, string>>,
  identity: { readonly uid?: number; readonly gid?: number }
) =>
  Effect.callback<string>((resume) => {
    // What a started server writes goes to a file: a pipe that it inherits would never end.
    const child = spawn("sh", ["-eu", "-c", script], { ...identity, env, cwd: "/", timeout: longestMs })
    let printed = ""
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text
      })
    }
    child.on("error", (error) => resume(Effect.die(error)))
    child.on("exit", (code, signal) => {
      const over = () =>
        resume(
          code === 0
            ? Effect.succeed(printed)
            : Effect.die(new Error(`ended with ${code ?? signal}:\n${script}\n${printed}`))
        )
      setImmediate(over)
    })
  })

/** What is there of a folder of clusters goes with the scope, servers that still run included. */
export const place = Effect.gen(function* () {
  const bin = postgresPrograms
  if (bin === undefined) return yield* Effect.die(new Error("PostgreSQL isn't installed"))
  const identity = unprivileged()
  const port = yield* Effect.promise(() => freePort())
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-backup-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  )
  const password = randomBytes(16).toString("hex")
  const passwordFile = join(folder, "password")
  const backups = join(folder, "backups")
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const owned = [folder, passwordFile, backups, join(backups, "wal"), join(backups, "base")]
  for (const path of owned.slice(2)) mkdirSync(path, { mode: 0o700 })
  if (identity.uid !== undefined && identity.gid !== undefined) {
    for (const path of owned) chownSync(path, identity.uid, identity.gid)
    chmodSync(folder, 0o711)
  }
  const env = {
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    LC_ALL: "C",
    TZ: "UTC",
    HOME: folder,
    BACKUPS: backups,
    PGHOST: "127.0.0.1",
    PGPORT: `${port}`,
    PGUSER: "postgres",
    PGPASSWORD: password
  }
  const made = new Set<string>()
  const data = (name: string) => {
    const path = join(folder, name)
    made.add(path)
    return path
  }
  yield* Effect.addFinalizer(() =>
    Effect.forEach(
      [...made].filter((path) => existsSync(join(path, "postmaster.pid"))),
      (path) => ran(`pg_ctl --pgdata='${path}' --mode=immediate stop`, env, identity),
      { discard: true }
    )
  )
  const sh: Place["sh"] = (script, more = {}) => ran(script, { ...env, ...more }, identity)
  const commands = join(folder, "bin")
  mkdirSync(commands)
  const main = new URL("../../../../host-cli/src/bin.ts", import.meta.url).pathname
  const node = `'${process.execPath}' --conditions=@galaxy/source --disable-warning=ExperimentalWarning`
  writeFileSync(join(commands, "galaxy-admin"), `#!/bin/sh\nexec ${node} '${main}' "$@"\n`, { mode: 0o755 })
  const asOperator: Place["sh"] = (script, more = {}) =>
    ran(script, { ...env, PATH: `${commands}:${env.PATH}`, ...more }, {})
  const init: Place["init"] = (path, configuration) =>
    Effect.gen(function* () {
      // Small segments: the archive copies whole ones.
      yield* sh(
        `initdb --pgdata='${path}' --username=postgres --pwfile='${passwordFile}' --auth=scram-sha-256 --encoding=UTF8 \
          --locale=C --wal-segsize=1 --no-sync --no-instructions`
      )
      appendFileSync(
        join(path, "postgresql.conf"),
        [
          "listen_addresses = '127.0.0.1'",
          `port = ${port}`,
          "unix_socket_directories = ''",
          "shared_buffers = 32MB",
          // A drill ends processes, not the machine: what the system holds is on its disk.
          "fsync = off",
          configuration.replaceAll("/var/backups/galaxy", backups),
          ""
        ].join("\n")
      )
    })
  return {
    backups,
    port,
    env,
    data,
    url: (database: string) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    sh,
    asOperator,
    init
  } satisfies Place
})

/** Starts the server on a data directory; its log goes to a file beside it. */
export const start = ({ sh }: Place, data: string) =>
  sh(`pg_ctl --pgdata='${data}' --log='${data}.log' --wait start >/dev/null`)

/** Kills the server, as a machine that loses its power does: nothing is written any more. */
export const kill = (data: string) =>
  Effect.promise(async () => {
    const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n", 1)[0])
    // Its children end at once when they notice.
    process.kill(pid, "SIGKILL")
    const until = performance.now() + longestMs
    while (performance.now() < until) {
      try {
        process.kill(pid, 0)
      } catch {
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    // It can't remove its own, and a stale one keeps nobody from starting.
    rmSync(join(data, "postmaster.pid"), { force: true })
  })
