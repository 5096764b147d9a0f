/**
 * Passwords hashed by scrypt, which Node has built in: for programs that carry no native module.
 *
 * In the PHC form: `$scrypt$ln=15,r=8,p=1$SALT$HASH`, both in base64 without padding.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto"
import { Effect, Redacted } from "effect"

interface Cost {
  /** The base-2 logarithm of the memory cost. */
  readonly ln: number
  readonly r: number
  readonly p: number
}

/** 32 MiB and about a tenth of a second. */
const cost: Cost = { ln: 15, r: 8, p: 1 }

const saltBytes = 16
const hashBytes = 32

const form = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

/** More than this is no hash of ours, and would cost too much. */
const mostMemory = 128 * 1_048_576

const derive = (password: Redacted.Redacted, salt: Buffer, { ln, r, p }: Cost): Effect.Effect<Buffer> =>
  Effect.callback<Buffer>((resume) => {
    scrypt(Redacted.value(password), salt, hashBytes, { N: 2 ** ln, r, p, maxmem: 2 * mostMemory }, (error, key) =>
      resume(error === null ? Effect.succeed(key) : Effect.die(error))
    )
  })

const text = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "")

/** Whether a stored hash has this form. */
export const isScrypt = (known: string): boolean => known.startsWith("$scrypt$")

/** Hashes a password with a new salt. */
export const hash = (password: Redacted.Redacted): Effect.Effect<string> =>
  Effect.gen(function* () {
    const salt = yield* Effect.sync(() => randomBytes(saltBytes))
    const { ln, r, p } = cost
    return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(yield* derive(password, salt, cost))}`
  })

/** Whether a hash is the password's; false for a text that is no such hash. */
export const verify = (password: Redacted.Redacted, known: string): Effect.Effect<boolean> => {
  const [, ln = "", r = "", p = "", salt = "", wanted = ""] = form.exec(known) ?? []
  const given: Cost = { ln: Number(ln), r: Number(r), p: Number(p) }
  if (wanted === "" || 128 * 2 ** given.ln * given.r > mostMemory || given.p > 4) return Effect.succeed(false)
  return Effect.map(derive(password, Buffer.from(salt, "base64"), given), (key) =>
    timingSafeEqual(key, Buffer.from(wanted, "base64"))
  )
}
