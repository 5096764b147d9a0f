/**
 * Says whether `node_modules` is what `package-lock.json` asks for, and makes it so.
 *
 * Two installations at once never happen: a lock file holds the second one back,
 * and a lock whose owner has died is taken over.
 */
import { spawn } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"))

const sameRecord = (left = {}, right = {}) => {
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
}

/** The folders whose package.json the lock file describes: the root and every workspace. */
const manifests = (root) => {
  const packages = existsSync(join(root, "packages")) ? readdirSync(join(root, "packages")) : []
  return ["", ...packages.map((name) => `packages/${name}`)].filter((folder) =>
    existsSync(join(root, folder, "package.json"))
  )
}

/** The first package.json whose dependencies the lock file does not describe, if any. */
const unlocked = (root, lock) =>
  manifests(root).find((folder) => {
    const manifest = readJson(join(root, folder, "package.json"))
    const entry = lock.packages[folder]
    return (
      entry === undefined ||
      !["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"].every((kind) =>
        sameRecord(manifest[kind], entry[kind])
      )
    )
  })

/** True when everything that the lock file asks for is installed; otherwise what is wrong, in a few words. */
export const installed = (root) => {
  const marker = join(root, "node_modules/.package-lock.json")
  if (!existsSync(marker)) return "nothing is installed yet"
  const lock = readJson(join(root, "package-lock.json"))
  const present = readJson(marker).packages
  if (unlocked(root, lock) !== undefined) return "package-lock.json is behind a package.json"
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.includes("node_modules/")) continue
    const found = present[path]
    // Optional packages are made for other systems.
    if (found === undefined && (wanted.optional || wanted.os || wanted.cpu || wanted.peer)) continue
    if (found === undefined || found.version !== wanted.version || found.integrity !== wanted.integrity) {
      return `${path.slice(path.lastIndexOf("node_modules/") + 13)} is missing or of another version`
    }
  }
  return existsSync(join(root, "node_modules/node/bin/node")) ? true : "Node 24 is missing"
}

const alive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}

const beatMs = 1000
const staleMs = 10 * beatMs

/** Holds the installation lock while `work` runs. */
const withLock = async (root, work) => {
  const folder = join(root, ".cache")
  const path = join(folder, "install.lock")
  mkdirSync(folder, { recursive: true })
  for (let told = false; ; ) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" })
      break
    } catch (error) {
      if (error.code !== "EEXIST") throw error
    }
    try {
      const owner = Number(readFileSync(path, "utf8"))
      const beaten = Date.now() - statSync(path).mtimeMs
      if (beaten > staleMs || (owner > 0 && !alive(owner))) {
        const aside = `${path}.${process.pid}`
        renameSync(path, aside)
        unlinkSync(aside)
        continue
      }
      if (!told) console.error(`Another installation is running (process ${owner}): waiting for it …`)
      told = true
    } catch (error) {
      if (error.code !== "ENOENT") throw error
    }
    await sleep(200)
  }
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), beatMs)
  const release = () => {
    clearInterval(beat)
    try {
      if (readFileSync(path, "utf8") === String(process.pid)) unlinkSync(path)
    } catch (error) {
      if (error.code !== "ENOENT") throw error
    }
  }
  process.on("exit", release)
  try {
    return await work()
  } finally {
    process.off("exit", release)
    release()
  }
}

/** Shows how far npm is: on one line of a terminal, or as a line every few seconds elsewhere. */
const progress = (total) => {
  const started = performance.now()
  const fetched = new Set()
  const terminal = process.stderr.isTTY === true
  const show = () => {
    const seconds = Math.round((performance.now() - started) / 1000)
    const text =
      fetched.size < total
        ? `  ${fetched.size} of about ${total} packages fetched, ${seconds} s`
        : `  ${fetched.size} packages fetched, unpacking them, ${seconds} s`
    process.stderr.write(terminal ? `\r\x1b[K${text}` : `${text}\n`)
  }
  const timer = setInterval(show, terminal ? 250 : 3000)
  return {
    line: (text) => {
      const url = /^npm http (?:fetch GET 200|cache) (\S+\.tgz)\b/.exec(text)?.[1]
      if (url !== undefined) fetched.add(url)
    },
    end: () => {
      clearInterval(timer)
      if (terminal) process.stderr.write("\r\x1b[K")
      return { count: fetched.size, seconds: Math.round((performance.now() - started) / 1000) }
    }
  }
}

const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT/
const mismatch = /npm error code EUSAGE/

/** What went wrong and what to do about it, from npm's own words. */
const explain = (code, errors) => {
  const said = errors.filter((line) => !/A complete log of this run|^npm error\s*$/.test(line)).join("\n")
  const advice = unreachable.test(said)
    ? "The package registry cannot be reached. Check the network, and npm's proxy and registry settings."
    : mismatch.test(said)
      ? "package.json and package-lock.json disagree. Run `npm install` and commit the lock file."
      : /ENOSPC/.test(said)
        ? "The disk is full: about 1 GB is needed."
        : "npm could not install the packages."
  return `${said}\n\n${advice}\nInstallation failed (npm ended with ${code}); the same command tries again.`
}

const npmCi = (root) =>
  new Promise((done, failed) => {
    const { packages } = readJson(join(root, "package-lock.json"))
    const wanted = Object.entries(packages).filter(([path, entry]) => path.includes("node_modules/") && !entry.link)
    const meter = progress(wanted.filter(([, entry]) => !entry.optional).length)
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=http", "--no-progress", "--color=false"]
    const npm = process.env.npm_execpath
    const [command, prefix] = npm?.endsWith("js") ? [process.execPath, [npm]] : ["npm", []]
    const child = spawn(command, [...prefix, ...args], { cwd: root, stdio: ["ignore", "ignore", "pipe"] })
    const errors = []
    let rest = ""
    child.stderr.setEncoding("utf8")
    child.stderr.on("data", (chunk) => {
      const lines = (rest + chunk).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) {
        meter.line(line)
        if (line.startsWith("npm error") && errors.length < 200) errors.push(line)
      }
    })
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
      process.once(signal, () => {
        child.kill("SIGTERM")
        meter.end()
        console.error("\nInstallation interrupted; the same command starts it again.")
        process.exit(130)
      })
    }
    child.on("error", (error) => {
      meter.end()
      failed(new Error(`npm cannot be run: ${error.message}`))
    })
    child.on("close", (code, signal) => {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name)
      const { count, seconds } = meter.end()
      if (code !== 0) failed(new Error(explain(code ?? signal, errors)))
      else {
        console.error(`Installed ${count} packages in ${seconds} s.`)
        done()
      }
    })
  })

/** Installs what is missing; waits when another process is at it. */
export const ensureInstalled = async (root) => {
  const lock = readJson(join(root, "package-lock.json"))
  const folder = unlocked(root, lock)
  if (folder !== undefined) {
    throw new Error(
      `${folder === "" ? "package.json" : `${folder}/package.json`} asks for packages that package-lock.json ` +
        "does not have.\nRun `npm install` and commit the lock file."
    )
  }
  await withLock(root, async () => {
    const problem = installed(root)
    if (problem === true) return
    console.error(`Installing the packages Galaxy needs (${problem}) …`)
    await npmCi(root)
    const left = installed(root)
    if (left !== true) throw new Error(`The installation is not complete: ${left}.`)
  })
}
