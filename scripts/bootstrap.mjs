/**
 * Runs a task of this repository on a bare clone: installs what is missing, then
 * hands over to the Node that the installation brought along.
 *
 * Needs nothing but the system's Node (20 is enough). The task runs in a process
 * group of its own and gets each signal exactly once, however many of npm, the
 * shell and the terminal pass the same one on.
 */
import { spawn } from "node:child_process"
import { delimiter, join, resolve } from "node:path"
import { ensureInstalled, installed } from "./bootstrap/install.mjs"

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "..")

const tasks = {
  start: ["scripts/start.ts"],
  admin: ["packages/host-cli/src/bin.ts"],
  demo: ["packages/host-node/src/demo/main.ts"],
  gateway: ["packages/host-node/src/processes/gateway.ts"],
  backend: ["packages/host-node/src/processes/backend.ts"],
  "user-process": ["packages/host-node/src/user/main.ts"],
  "signing-key": ["packages/host-node/src/processes/signing-key.ts"],
  play: ["packages/host-node/src/engine/play.ts"],
  simulate: ["packages/host-node/src/engine/simulate.ts"],
  conformance: ["scripts/conformance.ts"],
  images: ["deploy/platform/build.mjs"],
  test: ["scripts/test.ts"],
  nightly: ["scripts/nightly.ts"],
  check: ["scripts/check.ts"],
  format: ["node_modules/@biomejs/biome/bin/biome", "format", "--write"],
  build: ["scripts/build.ts"],
  codegen: ["scripts/codegen.ts"],
  bench: ["bench/main.ts"],
  mutation: ["scripts/mutation.ts"],
  release: ["scripts/publish/release.ts"]
}

const [task = "", ...args] = process.argv.slice(2)
if (!Object.hasOwn(tasks, task)) {
  console.error(`usage: node scripts/bootstrap.mjs <${Object.keys(tasks).join("|")}> [arguments]`)
  process.exit(2)
}
if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(`Galaxy needs Node 20.19 or newer to begin with; this is ${process.version}.`)
  process.exit(1)
}

if (installed(root) !== true) {
  try {
    await ensureInstalled(root)
  } catch (error) {
    console.error(`\n${error.message}`)
    process.exit(1)
  }
}

const condition = "--conditions=@galaxy/source"
const inherited = process.env.NODE_OPTIONS ?? ""
const nodeFolder = join(root, "node_modules/node/bin")
const child = spawn(
  join(nodeFolder, "node"),
  ["--import", new URL("./bootstrap/lifeline.mjs", import.meta.url).href, ...tasks[task], ...args],
  {
    cwd: root,
    // The last one is the lifeline: it closes when this process is gone, whatever ended it.
    stdio: ["inherit", "inherit", "inherit", "pipe"],
    detached: true,
    env: {
      ...process.env,
      GALAXY_LIFELINE_OF: String(process.pid),
      NODE_OPTIONS: inherited.includes(condition) ? inherited : `${inherited} ${condition}`.trim(),
      PATH: [nodeFolder, join(root, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter)
    }
  }
)

const sameSignalMs = 1000
const lastSeen = {}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    const now = performance.now()
    if (now - (lastSeen[signal] ?? -Infinity) < sameSignalMs) return
    lastSeen[signal] = now
    // A closed terminal means: stop.
    child.kill(signal === "SIGHUP" ? "SIGTERM" : signal)
  })
}

// A signal for npm alone ends npm and its shell, and isn't passed on. Then whoever sent it means the task.
if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid
  const look = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(look)
    if (Object.keys(lastSeen).length === 0) child.kill("SIGTERM")
  }, 500).unref()
}

child.on("error", (error) => {
  console.error(`Cannot start Node 24: ${error.message}`)
  process.exit(1)
})
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  process.exit(128 + ({ SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGTERM: 15 }[signal] ?? 0))
})
