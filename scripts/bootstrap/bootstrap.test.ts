import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "../lib/tree.ts"

/** A repository of one package, `node`, which comes from a file: nothing here needs a registry. */
const workspace = mkdtempSync(join(tmpdir(), "galaxy-bootstrap-"))

const write = (folder: string, path: string, content: string | object): void => {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content))
}

const npm = (cwd: string, ...args: ReadonlyArray<string>): string => {
  const result = spawnSync("npm", [...args, "--no-audit", "--no-fund"], { cwd, encoding: "utf8" })
  if (result.status !== 0) throw new Error(result.stderr)
  return result.stdout.trim()
}

const makeTree = (name: string): string => {
  const tree = join(workspace, name)
  write(tree, "package.json", {
    name: "tree",
    version: "1.0.0",
    devDependencies: { node: "file:../node-24.0.0.tgz" }
  })
  cpSync(join(workspace, "template-lock.json"), join(tree, "package-lock.json"))
  cpSync(join(root, "scripts/bootstrap.mjs"), join(tree, "scripts/bootstrap.mjs"))
  for (const file of ["install.mjs", "lifeline.mjs"]) {
    cpSync(join(root, "scripts/bootstrap", file), join(tree, "scripts/bootstrap", file))
  }
  return tree
}

const main = (tree: string, source: string): void => write(tree, "scripts/start.ts", `export {}\n${source}`)

const start = (tree: string, ...args: ReadonlyArray<string>): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [join(tree, "scripts/bootstrap.mjs"), "start", ...args], {
    cwd: tmpdir(),
    env: { ...process.env, NODE_OPTIONS: "", npm_execpath: "" }
  })

const finished = (child: ChildProcessWithoutNullStreams) =>
  new Promise<{ code: number | null; out: string; err: string }>((done) => {
    let out = ""
    let err = ""
    child.stdout.on("data", (chunk) => (out += chunk))
    child.stderr.on("data", (chunk) => (err += chunk))
    child.on("close", (code) => done({ code, out, err }))
  })

const firstOutput = (child: ChildProcessWithoutNullStreams) =>
  new Promise<string>((done) => child.stdout.once("data", (chunk) => done(String(chunk))))

beforeAll(() => {
  write(workspace, "node/package.json", { name: "node", version: "24.0.0" })
  write(workspace, "node/bin/node", `#!/bin/sh\nexec '${process.execPath}' "$@"\n`)
  chmodSync(join(workspace, "node/bin/node"), 0o755)
  npm(join(workspace, "node"), "pack", "--pack-destination", workspace)
  write(workspace, "template/package.json", {
    name: "tree",
    version: "1.0.0",
    devDependencies: { node: "file:../node-24.0.0.tgz" }
  })
  npm(join(workspace, "template"), "install", "--package-lock-only")
  cpSync(join(workspace, "template/package-lock.json"), join(workspace, "template-lock.json"))
})

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

describe("bootstrap", () => {
  it("installs a bare tree, then runs the task with its arguments and exit code", async () => {
    const tree = makeTree("bare")
    main(
      tree,
      "console.log(JSON.stringify([process.cwd(), process.execArgv, process.env.NODE_OPTIONS, process.argv.slice(2)])); process.exit(7)"
    )
    const first = await finished(start(tree, "--port", "80 80"))
    expect(first.err).toContain("Installing the packages Galaxy needs (nothing is installed yet)")
    expect(first.err).toMatch(/Installed \d+ packages in \d+ s\./)
    const [cwd, , options, args] = JSON.parse(first.out)
    expect([cwd, options, args]).toEqual([tree, "--conditions=@galaxy/source", ["--port", "80 80"]])
    expect(first.code).toBe(7)

    const second = await finished(start(tree))
    expect(second.err).toBe("")
    expect(second.code).toBe(7)
  })

  it("installs again when what is installed differs from the lock file", async () => {
    const tree = makeTree("stale")
    main(tree, "console.log('ran')")
    await finished(start(tree))
    const marker = join(tree, "node_modules/.package-lock.json")
    writeFileSync(marker, readFileSync(marker, "utf8").replace('"version": "24.0.0"', '"version": "23.0.0"'))
    const { code, out, err } = await finished(start(tree))
    expect(err).toContain("(node is missing or of another version)")
    expect([code, out]).toEqual([0, "ran\n"])
  })

  it("installs once when two start at the same time", async () => {
    const tree = makeTree("twice")
    main(tree, "console.log('ran')")
    const both = await Promise.all([finished(start(tree)), finished(start(tree))])
    expect(both.map(({ code, out }) => [code, out])).toEqual([
      [0, "ran\n"],
      [0, "ran\n"]
    ])
    expect(both.filter(({ err }) => err.includes("Installing the packages"))).toHaveLength(1)
  })

  it("takes over the lock of a process that has died", async () => {
    const tree = makeTree("abandoned")
    main(tree, "console.log('ran')")
    const dead = spawnSync(process.execPath, ["--eval", ""])
    write(tree, ".cache/install.lock", String(dead.pid))
    expect((await finished(start(tree))).out).toBe("ran\n")
  })

  it("says so when a package.json asks for more than the lock file has", async () => {
    const tree = makeTree("ahead")
    write(tree, "package.json", { name: "tree", version: "1.0.0", devDependencies: { node: "file:x.tgz" } })
    const { code, err } = await finished(start(tree))
    expect(code).toBe(1)
    expect(err).toContain("package.json asks for packages that package-lock.json does not have")
  })

  it("says so when the registry cannot be reached", async () => {
    const tree = makeTree("offline")
    const dependencies = { node: "24.0.0" }
    write(tree, "package.json", { name: "tree", version: "1.0.0", devDependencies: dependencies })
    write(tree, "package-lock.json", {
      name: "tree",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: "tree", version: "1.0.0", devDependencies: dependencies },
        // Port 9 of loopback has no listener, so the connection is refused at once.
        "node_modules/node": { version: "24.0.0", resolved: "http://127.0.0.1:9/node-24.0.0.tgz", dev: true }
      }
    })
    write(tree, ".npmrc", `fetch-retries=0\ncache=${join(tree, "cache")}\n`)
    const { code, err } = await finished(start(tree))
    expect(code).toBe(1)
    expect(err).toContain("The package registry cannot be reached")
    expect(err).toContain("the same command tries again")
  })

  it("refuses an unknown task", () => {
    const result = spawnSync(process.execPath, [join(root, "scripts/bootstrap.mjs"), "dance"], { encoding: "utf8" })
    expect(result.status).toBe(2)
    expect(result.stderr).toContain(
      "usage: node scripts/bootstrap.mjs <start|admin|demo|gateway|backend|user-process|signing-key|play|simulate|conformance|images|test|"
    )
  })

  describe("while the task runs", () => {
    const counting = `
      let seen = 0
      process.on("SIGINT", () => { console.log("got " + ++seen); setTimeout(() => { console.log("seen " + seen); process.exit(130) }, 300) })
      setInterval(() => {}, 1000)
      console.log("pid " + process.pid)`

    it("lets the task talk to children of its own", async () => {
      const tree = makeTree("fork")
      write(tree, "child.mjs", "process.on('message', (m) => { process.send(m + 1); process.disconnect() })")
      main(
        tree,
        `const { fork } = await import("node:child_process")
        const child = fork("child.mjs")
        child.on("message", (m) => console.log("answer " + m))
        child.send(41)`
      )
      const { code, out } = await finished(start(tree))
      expect([code, out]).toEqual([0, "answer 42\n"])
    })

    it("passes on a signal once, however often it arrives", async () => {
      const tree = makeTree("signal")
      main(tree, counting)
      const child = start(tree)
      const end = finished(child)
      await firstOutput(child)
      const got = firstOutput(child)
      child.kill("SIGINT")
      expect(await got).toBe("got 1\n")
      child.kill("SIGINT")
      const { code, out } = await end
      expect(out).toContain("seen 1\n")
      expect(code).toBe(130)
    })

    it("ends with the task's signal as exit code", async () => {
      const tree = makeTree("killed")
      main(tree, "console.log('up'); setInterval(() => {}, 1000)")
      const child = start(tree)
      const end = finished(child)
      await firstOutput(child)
      child.kill("SIGTERM")
      expect((await end).code).toBe(143)
    })

    it("ends the task when bootstrap itself is killed", async () => {
      const tree = makeTree("orphan")
      main(tree, `process.on("SIGTERM", () => { console.log("stopped"); process.exit(0) })\n${counting}`)
      const child = start(tree)
      const end = finished(child)
      await firstOutput(child)
      child.kill("SIGKILL")
      // The pipe closes only when the task, its last writer, has ended too.
      expect((await end).out).toContain("stopped\n")
    })

    it("ends the task when npm was told to end, whose shell passes no signal on", async () => {
      const tree = makeTree("npm")
      main(tree, `process.on("SIGTERM", () => { console.log("stopped"); process.exit(0) })\n${counting}`)
      const shell = spawn(
        "sh",
        ["-c", `'${process.execPath}' '${join(tree, "scripts/bootstrap.mjs")}' start; exit 1`],
        {
          cwd: tmpdir(),
          env: { ...process.env, NODE_OPTIONS: "", npm_execpath: "", npm_lifecycle_event: "start" }
        }
      )
      const end = finished(shell)
      await firstOutput(shell)
      shell.kill("SIGTERM")
      expect((await end).out).toContain("stopped\n")
    })
  })
})
