/**
 * The hosts of engines as an operator writes them down: JSON, each host an object. Every problem is named at once.
 *
 * ```json
 * [
 *   { "name": "alpha", "endpoint": "unix:///var/run/docker.sock", "reach": "bridge", "engines": 200 },
 *   { "name": "beta", "endpoint": "tcp://10.0.0.5:2376", "reach": "published", "address": "10.0.0.5", "engines": 400,
 *     "tls": { "ca": "/etc/galaxy/docker/ca.pem", "cert": "/etc/galaxy/docker/cert.pem", "key": "/etc/galaxy/docker/key.pem" } }
 * ]
 * ```
 */
import { readFileSync } from "node:fs"
import { isIP } from "node:net"
import type { Parse } from "../../config/Setting.ts"
import { readProblem } from "../../files/problems.ts"
import type { DockerEndpoint, DockerTls } from "./DockerEndpoint.ts"
import type { DockerHostSettings, Reach } from "./DockerSettings.ts"

/** A bridge of Linux has 1,024 ports, and the host itself needs some. */
const mostEngines = 1_000
const mostHosts = 100

const keys = new Set(["name", "endpoint", "tls", "plainText", "reach", "address", "network", "labels", "engines"])
const words = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/

type Fields = Readonly<Record<string, unknown>>

/** Reads the fields of one host; problems are kept with its name. */
class HostReader {
  readonly problems: Array<string> = []
  readonly #fields: Fields
  readonly #of: string

  constructor(fields: Fields, index: number) {
    this.#fields = fields
    this.#of = typeof fields["name"] === "string" ? `host "${fields["name"].slice(0, 63)}"` : `host ${index + 1}`
    for (const key of Object.keys(fields)) if (!keys.has(key)) this.#no(key, "is unknown")
  }

  #no(key: string, problem: string): undefined {
    this.problems.push(`${this.#of}: ${key} ${problem}`)
    return undefined
  }

  #word(key: string, fallback?: string): string | undefined {
    const value = this.#fields[key] ?? fallback
    return typeof value === "string" && words.test(value)
      ? value
      : this.#no(key, "must have 1 to 63 letters, digits, dots, hyphens or underscores")
  }

  #file(key: string, path: unknown): string | undefined {
    if (typeof path !== "string" || path === "") return this.#no(key, "must be the path of a PEM file")
    try {
      return readFileSync(path, "utf8")
    } catch (cause) {
      return this.#no(key, readProblem(path, cause))
    }
  }

  #tls(): DockerTls | undefined {
    const given = this.#fields["tls"]
    if (typeof given !== "object" || given === null) return this.#no("tls", "must have ca, cert and key")
    const { ca, cert, key } = given as Fields
    const files = [this.#file("tls.ca", ca), this.#file("tls.cert", cert), this.#file("tls.key", key)]
    const [one, two, three] = files
    return one === undefined || two === undefined || three === undefined
      ? undefined
      : { ca: one, cert: two, key: three }
  }

  #endpoint(): DockerEndpoint | undefined {
    const text = this.#fields["endpoint"]
    const wrong = "must be unix:///path/of/docker.sock or tcp://host:port"
    if (typeof text !== "string") return this.#no("endpoint", wrong)
    if (text.startsWith("unix:///")) return { socketPath: text.slice("unix://".length) }
    const url = URL.canParse(text) ? new URL(text) : undefined
    const rest = url === undefined ? "" : `${url.username}${url.password}${url.pathname}${url.search}${url.hash}`
    if (url?.protocol !== "tcp:" || url.hostname === "" || url.port === "" || rest !== "") {
      return this.#no("endpoint", wrong)
    }
    const at = { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port) }
    const isPlain = this.#fields["plainText"] ?? false
    if (isPlain !== true && isPlain !== false) return this.#no("plainText", "must be true or false")
    if (this.#fields["tls"] !== undefined) {
      const tls = this.#tls()
      return tls && { ...at, tls }
    }
    // Whoever reaches such a port is root on the host.
    return isPlain
      ? at
      : this.#no("tls", "must be given for tcp:// (or plainText: true, where nobody else can reach the port)")
  }

  #reach(): Reach | undefined {
    const by = this.#fields["reach"]
    const address = this.#fields["address"]
    if (by === "published") {
      return typeof address === "string" && isIP(address) !== 0
        ? { by, address }
        : this.#no("address", "must be the IP address of the host that engines are published on and reached at")
    }
    if (address !== undefined) return this.#no("address", 'goes with reach "published" alone')
    return by === "bridge" || by === "name" ? { by } : this.#no("reach", "must be bridge, name or published")
  }

  #labels(): Readonly<Record<string, string>> | undefined {
    const given = this.#fields["labels"] ?? {}
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      return this.#no("labels", "must be an object of texts")
    }
    const pairs = Object.entries(given as Fields)
    const isFine = pairs.every(
      ([key, value]) => key !== "" && !key.startsWith("galaxy.") && typeof value === "string" && value.length <= 1_000
    )
    return isFine
      ? (Object.fromEntries(pairs) as Readonly<Record<string, string>>)
      : this.#no("labels", 'must be texts, with names that don\'t begin with "galaxy."')
  }

  #most(): number | undefined {
    const value = this.#fields["engines"]
    return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= mostEngines
      ? value
      : this.#no("engines", `must be a whole number from 1 to ${mostEngines}`)
  }

  read(): DockerHostSettings | undefined {
    const name = this.#word("name")
    const endpoint = this.#endpoint()
    const reach = this.#reach()
    const network = this.#word("network", reach?.by === "published" ? "galaxy-engines-published" : "galaxy-engines")
    const labels = this.#labels()
    const most = this.#most()
    if (this.problems.length > 0 || !name || !endpoint || !reach || !network || !labels || !most) return undefined
    return { name, endpoint, reach, network, labels, most }
  }
}

const twice = (values: ReadonlyArray<string>) => values.filter((it, index) => values.indexOf(it) !== index)

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The hosts, or what is wrong with them. */
export const parseHosts: Parse<ReadonlyArray<DockerHostSettings>> = (text) => {
  const json = parseJson(text)
  if (!Array.isArray(json) || json.length < 1 || json.length > mostHosts) {
    return { problem: `must be JSON: a list of 1 to ${mostHosts} hosts` }
  }
  const problems: Array<string> = []
  const hosts = json.flatMap((it: unknown, index) => {
    if (typeof it !== "object" || it === null) {
      problems.push(`host ${index + 1}: must be an object`)
      return []
    }
    const reader = new HostReader(it as Fields, index)
    const host = reader.read()
    problems.push(...reader.problems)
    return host === undefined ? [] : [host]
  })
  for (const name of twice(hosts.map((it) => it.name))) problems.push(`the name "${name}" is given twice`)
  const endpoints = hosts.map((it) => JSON.stringify({ ...it.endpoint, tls: undefined }))
  // A game would be on both, and the sweep of one would end the engine of the other.
  if (twice(endpoints).length > 0) problems.push("two hosts have the same endpoint")
  const [problem, ...more] = problems
  return problem === undefined ? { value: hosts } : { problem, more }
}

/** The same from a file, or from the text itself where that is a list. */
export const hostsSetting: Parse<ReadonlyArray<DockerHostSettings>> = (text) => {
  if (text.trimStart().startsWith("[")) return parseHosts(text)
  try {
    return parseHosts(readFileSync(text, "utf8"))
  } catch (cause) {
    return { problem: readProblem(text, cause) }
  }
}
