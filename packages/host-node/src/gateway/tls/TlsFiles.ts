/**
 * The certificate and the key of a port, in files that are replaced while it is open, as ACME clients do.
 *
 * The files are read again and again rather than watched: watching fails on network file systems and on links that are
 * exchanged. A pair that can't be used is never taken. The one before stays, and a line says why.
 */
import { X509Certificate } from "node:crypto"
import { readFile, stat } from "node:fs/promises"
import { createSecureContext } from "node:tls"
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

const expiryProblem = ({ cert }: TlsPair, now: number): string | undefined => {
  const until = new X509Certificate(cert).validTo
  return Date.parse(until) <= now ? `the certificate has expired on ${until}` : undefined
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
      const problem = pairProblem(pair) ?? expiryProblem(pair, yield* Clock.currentTimeMillis)
      if (problem !== undefined) {
        refused = pair
        return yield* Effect.fail(problem)
      }
      use(pair)
      used = pair
      refused = undefined
      said = undefined
      const { validTo } = new X509Certificate(pair.cert)
      yield* Effect.logInfo("the port has a new certificate").pipe(Effect.annotateLogs({ valid_to: validTo }))
    })

    const turn = Effect.andThen(Effect.sleep(Duration.millis(everyMs)), Effect.catch(look, keepOld))
    return yield* Effect.forever(turn)
  })
