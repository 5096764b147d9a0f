/**
 * Writes the settings of a new platform with random secrets, for its owner's eyes only: `.env`, `backend.env` and `gateway.env`
 * in this folder, and `docker/hosts.json` unless they are for small.yaml (`--small`). With `--machines` they are for machine.yaml:
 *
 * `node new-settings.mjs <version> [--small] [--trial] [--machines ADDRESSES] [--folder FOLDER] [--images PREFIX] [--name NAME] [--socket PATH]`
 *
 * The examples beside it say what has to be chosen. With `--trial` everything is set, for a platform to be tried on this machine
 * with a database, a Redis and a mail catcher of its own. Files that exist are never changed.
 */
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const here = dirname(fileURLToPath(import.meta.url))
const usage = `usage: node new-settings.mjs <version> [options]
  <version>        of the images: major.minor.patch
  --trial          everything is set, with a database, a Redis and a mail catcher of its own
  --small          for small.yaml: engines are child processes, and no Docker socket is needed
  --machines LIST  for machine.yaml: addresses of the machines on their private network, separated by commas
  --folder FOLDER  where to, instead of this script's folder
  --images PREFIX  what the images' names begin with (galaxy-)
  --name NAME      the platform's name on its Docker hosts, 1 to 16 letters, digits or hyphens (galaxy- and four at random)
  --socket PATH    this host's Docker socket (/var/run/docker.sock)`

const readArguments = () => {
  try {
    const text = { type: "string" }
    const flag = { type: "boolean", default: false }
    const options = { small: flag, trial: flag, machines: text, folder: text, images: text, name: text, socket: text }
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    if (positionals.length !== 1 || !/^\d+\.\d+\.\d+$/.test(positionals[0])) throw new Error("the version is missing")
    if (values.machines !== undefined && (values.small || values.trial)) {
      throw new Error("--machines goes with neither --small nor --trial")
    }
    return { version: positionals[0], ...values }
  } catch (error) {
    console.error(`${error.message}\n${usage}`)
    process.exit(2)
  }
}

const { version, small, trial, folder = here, images = "galaxy-", ...given } = readArguments()
// Two platforms of one name on one Docker host end each other's engines.
const name = given.name ?? `galaxy-${randomBytes(2).toString("hex")}`
const { socket = "/var/run/docker.sock" } = given
const machines = given.machines?.split(",")

/** The group that may use Docker: the backends get it. */
const dockerGroup = () => {
  try {
    return String(statSync(socket).gid)
  } catch {
    return ""
  }
}

/** Needs no escaping in a URL or in a file of settings. */
const secret = () => randomBytes(32).toString("hex")

const postgres = secret()
const redis = secret()
const mailPassword = secret()
const token = secret()
const adminPassword = randomBytes(18).toString("base64url")
const backends = machines ?? (small ? ["backend"] : ["backend-1.front", "backend-2.front"])
const urls = (port) => backends.map((it) => `http://${it}:${port}`).join(",")

const always = {
  VERSION: version,
  IMAGES: images,
  BACKEND_SECRET_KEY: randomBytes(32).toString("base64"),
  BACKEND_GATEWAY_TOKEN: token,
  BACKEND_ADMIN_BOOTSTRAP_PASSWORD: adminPassword,
  GATEWAY_BACKEND_TOKEN: token,
  GATEWAY_SIGNING_KEY: randomBytes(32).toString("hex"),
  GATEWAY_BACKEND_HTTP_URL: urls(8081),
  GATEWAY_BACKEND_GRPC_PUSH_URL: urls(8082)
}
const forTrial = {
  COMPOSE_PROFILES: "trial",
  TRIAL_POSTGRES_PASSWORD: postgres,
  TRIAL_REDIS_PASSWORD: redis,
  TRIAL_MAIL_PASSWORD: mailPassword,
  TRIAL_MAIL_KEY: secret(),
  BACKEND_POSTGRES_DSN: `postgres://galaxy:${postgres}@postgres:5432/galaxy`,
  BACKEND_SMTP_URL: `smtp://galaxy:${mailPassword}@mail:1025?tls=none`,
  BACKEND_SMTP_FROM: "galaxy@localhost",
  BACKEND_PUBLIC_URL: "http://127.0.0.1:8080",
  GATEWAY_ALLOWED_HOSTS: "127.0.0.1,localhost",
  GATEWAY_REDIS_URL: `redis://:${redis}@redis:6379`
}
const engines = {
  INSTALLATION: name,
  ...(machines === undefined ? { DOCKER_SOCKET: socket, DOCKER_GROUP: dockerGroup() } : {}),
  BACKEND_END_DELAY: "2s",
  BACKEND_ENGINES: "docker",
  BACKEND_DOCKER_INSTALLATION: name,
  BACKEND_DOCKER_HOSTS: "/etc/galaxy/docker/hosts.json"
}
const certificate = (file) => `/etc/galaxy/docker/${file}`
const published = (address) => ({
  name: `host-${address.replaceAll(".", "-")}`,
  endpoint: `tcp://${address}:2376`,
  tls: { ca: certificate("ca.pem"), cert: certificate("client.pem"), key: certificate("client-key.pem") },
  reach: "published",
  address,
  engines: 200
})
const hosts = machines?.map(published) ?? [
  {
    name: "this-host",
    endpoint: "unix:///var/run/docker.sock",
    reach: "name",
    network: `${name}-engines`,
    engines: 200
  }
]
const values = { ...always, ...(small ? {} : engines), ...(trial ? forTrial : {}) }

/** An example with the values that are known; lines of others stay as they are. */
const filled = (example) =>
  readFileSync(join(here, example), "utf8").replaceAll(/^([A-Z0-9_]+)=.*$/gm, (line, key) =>
    Object.hasOwn(values, key) ? `${key}=${values[key]}` : line
  )

const files = { ".env": "example.env", "backend.env": "backend.example.env", "gateway.env": "gateway.example.env" }
const hostsFile = small ? [] : ["docker/hosts.json"]
const there = [...Object.keys(files), ...hostsFile].filter((it) => existsSync(join(folder, it)))
if (there.length > 0) {
  console.error(`Nothing was written: ${there.join(", ")} of ${resolve(folder)} may hold the secrets of a platform.`)
  process.exit(1)
}
for (const [file, example] of Object.entries(files)) {
  writeFileSync(join(folder, file), filled(example), { mode: 0o600, flag: "wx" })
}
for (const file of hostsFile) {
  // Backends run as another user, and nothing in it is a secret.
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), `${JSON.stringify(hosts, undefined, 2)}\n`, { mode: 0o644, flag: "wx" })
}
const written = [...Object.keys(files), ...hostsFile].join(", ")
console.log(`Wrote ${written} to ${resolve(folder)}. They hold secrets: keep a copy in a safe place.`)
if (!trial) console.log("Now set what is empty in them.")
