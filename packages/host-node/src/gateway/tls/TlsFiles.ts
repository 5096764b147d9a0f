/**
 * The certificate and the key of a port, in files that are replaced while it is open, as ACME clients do.
 *
 * The files are read again and again rather than watched: watching fails on network file systems and on links that are
 * exchanged. A pair that can't be used is never taken. The one before stays, and a line says why.
 */
import { X509Certificate } from "node:crypto"
import { readFile, stat } from "node:fs/promises"
import { createSecureContext } from "node:tls"
import { gauge } from "@galaxy/contract/telemetry/instruments"
import { Clock, Duration, Effect } from "effect"
import { readProblem } from "../../files/problems.ts"

/** A certificate chain and its private key, both in PEM. */
export interface TlsPair {
  readonly cert: string
  readonly key: string
}

/** Where a pair is read from. */
export interface TlsFiles {
  /** Path of the certificate chain. */
  readonly cert: string
  /** Path of the private key. */
  readonly key: string
}

/** How often the files are read. */
export const everyMs = 10_000

/** So long before it expires, a certificate should have been renewed: ACME clients do it a month before. */
const renewedByMs = 7 * 86_400_000

const expiresIn = gauge("galaxy.gateway.certificate.expires_in")

/** No honest chain or key is larger. */
const maxBytes = 1_048_576

/** Why a pair can't be used, in a phrase without anything of the key; undefined where it can. */
export const pairProblem = ({ cert, key }: TlsPair): string | undefined => {
  try {
    createSecureContext({ cert, key })
    return undefined
  } catch {
    return "must be a certificate and its private key, both in PEM"
  }
}

/** Why clients refuse a certificate now, and whether they will take it later. */
const untimely = ({ cert }: TlsPair, now: number): { readonly why: string; readonly later: boolean } | undefined => {
  const { validFrom, validTo } = new X509Certificate(cert)
  if (Date.parse(validTo) <= now) return { why: `the certificate has expired on ${validTo}`, later: false }
  return Date.parse(validFrom) > now
    ? { why: `the certificate is valid only from ${validFrom} on`, later: true }
    : undefined
}

const textOf = (path: string) =>
  Effect.tryPromise({
    try: async () => {
      if ((await stat(path)).size > maxBytes) throw new Error(`it has more than ${maxBytes} bytes`)
      return await readFile(path, "utf8")
    },
    catch: (cause) => readProblem(path, cause)
  })

const read = (files: TlsFiles): Effect.Effect<TlsPair, string> =>
  Effect.all({ cert: textOf(files.cert), key: textOf(files.key) }, { concurrency: 2 })

const same = (one: TlsPair | undefined, other: TlsPair): boolean => one?.cert === other.cert && one.key === other.key

/**
 * Reads the files every 10 seconds, and hands each pair on that differs from the one before and can be used. `first` is the
 * pair in use. What is wrong with the files is logged once.
 */
export const follow = (files: TlsFiles, first: TlsPair, use: (pair: TlsPair) => void): Effect.Effect<never> =>
  Effect.gen(function* () {
    let used = first
    let refused: TlsPair | undefined
    let said: string | undefined
    let told: TlsPair | undefined

    /** What clients are shown expires some day; where that is near, it is said once for each certificate. */
    const lookAtUsed = Effect.gen(function* () {
      const { validTo } = new X509Certificate(used.cert)
      const left = Date.parse(validTo) - (yield* Clock.currentTimeMillis)
      expiresIn(left / 1_000)
      if (left > renewedByMs || told === used) return
      told = used
      yield* Effect.logWarning("the certificate of the port expires soon, or has expired").pipe(
        Effect.annotateLogs({ valid_to: validTo })
      )
    })

    const keepOld = (why: string) =>
      Effect.suspend(() => {
        if (said === why) return Effect.void
        said = why
        return Effect.logWarning("the new certificate can't be used, so the port keeps the one that it has").pipe(
          Effect.annotateLogs({ reason: why })
        )
      })

    const look = Effect.gen(function* () {
      const pair = yield* read(files)
      if (same(used, pair)) {
        said = undefined
        return
      }
      if (same(refused, pair)) return
      const problem = pairProblem(pair)
      const time = problem === undefined ? untimely(pair, yield* Clock.currentTimeMillis) : undefined
      const why = problem ?? time?.why
      if (why !== undefined) {
        // One whose time comes is looked at again.
        if (time?.later !== true) refused = pair
        return yield* Effect.fail(why)
      }
      use(pair)
      used = pair
      refused = undefined
      said = undefined
      const { validTo } = new X509Certificate(pair.cert)
      yield* Effect.logInfo("the port has a new certificate").pipe(Effect.annotateLogs({ valid_to: validTo }))
    })

    const turn = Effect.andThen(Effect.sleep(Duration.millis(everyMs)), Effect.catch(look, keepOld))
    return yield* Effect.forever(Effect.andThen(lookAtUsed, turn))
  })
