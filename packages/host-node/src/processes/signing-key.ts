#!/usr/bin/env node
/**
 * Makes signing keys of gateways, and endorses a new one by the old one. It needs no gateway and no network.
 *
 * What it prints holds no secret: the private halves stay in their files.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { generateKeyPairSync } from "node:crypto"
import { duration } from "../config/Setting.ts"
import { fileProblem, readProblem } from "../files/problems.ts"
import * as Endorsements from "../gateway/keys/endorsements.ts"
import * as SigningKey from "../gateway/keys/signingKey.ts"

const usage = `Makes signing keys of gateways.

Usage: galaxy-signing-key new FILE
       galaxy-signing-key public FILE
       galaxy-signing-key fingerprint FILE
       galaxy-signing-key endorse --old FILE --new FILE --for 90d

new writes a new key to a file that doesn't exist yet, readable by its owner alone, and prints its public half.
public prints the public half of a key, in base64.
fingerprint prints what the players' page shows of a key, for players to compare.
endorse prints the endorsements of a rotation as JSON, for GATEWAY_KEY_ENDORSEMENTS_PATH; --for says how long the
old key still counts, from now, and clients that know only it come to trust the new one.
`

/** What the caller has to mend, in a sentence. */
class Refused extends Error {}

const day = 86_400_000

const lifetime = duration(60_000, 3_650 * day)

const seedIn = (file: string): Uint8Array => {
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (cause) {
    throw new Refused(readProblem(file, cause))
  }
  const parsed = SigningKey.parseFile(content)
  if ("problem" in parsed) throw new Refused(`${file} ${parsed.problem}`)
  return parsed.value
}

const publicHalf = (file: string): string => Buffer.from(SigningKey.publicKeyOf(seedIn(file))).toString("base64")

/** As the players' page shows it: the first 16 hex digits of the public half, in groups of four. */
const fingerprint = (file: string): string =>
  Buffer.from(publicHalf(file), "base64").toString("hex", 0, 8).match(/.{4}/g)?.join(" ") ?? ""

const make = (file: string): string => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })
  try {
    writeFileSync(file, pem, { flag: "wx", mode: 0o600 })
  } catch (cause) {
    const exists = cause instanceof Error && "code" in cause && cause.code === "EEXIST"
    throw new Refused(
      exists ? `${file} exists already; name another file` : fileProblem(file, cause, "name another file")
    )
  }
  return publicHalf(file)
}

const endorse = (old: string, next: string, text: string): string => {
  const parsed = lifetime(text)
  if ("problem" in parsed) throw new Refused(`--for ${parsed.problem}`)
  const [oldSeed, newSeed] = [seedIn(old), seedIn(next)]
  if (Buffer.compare(oldSeed, newSeed) === 0) throw new Refused("--old and --new must be two different keys")
  return JSON.stringify(Endorsements.endorse(oldSeed, newSeed, Date.now() + parsed.value), null, 2)
}

const options = { old: { type: "string" }, new: { type: "string" }, for: { type: "string" } } as const

const answer = (): string => {
  const { positionals, values } = parseArgs({ allowPositionals: true, options })
  const [command, file, ...more] = positionals
  const flags = Object.keys(values).length
  if (command === "endorse" && file === undefined && values.old && values.new && values.for)
    return endorse(values.old, values.new, values.for)
  if (flags === 0 && file !== undefined && more.length === 0) {
    if (command === "new") return make(file)
    if (command === "public") return publicHalf(file)
    if (command === "fingerprint") return fingerprint(file)
  }
  throw new Refused(usage.trimEnd())
}

try {
  const asksForHelp = process.argv.slice(2).some((it) => it === "--help" || it === "-h")
  process.stdout.write(asksForHelp ? usage : `${answer()}\n`)
} catch (cause) {
  const isUsage = cause instanceof TypeError && "code" in cause
  if (!(cause instanceof Refused) && !isUsage) throw cause
  process.stderr.write(`${cause.message}\n`)
  process.exitCode = 2
}
