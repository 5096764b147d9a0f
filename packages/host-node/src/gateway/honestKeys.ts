/** Public keys that were checked, in the form in which a library verifies with them: the check costs more than a use. */
import * as PublicKey from "@galaxy/contract/signing/PublicKey"

/** Keys that are remembered; the one that wasn't used for longest is forgotten first. */
const maxKeys = 20_000

/**
 * Returns a function that gives the prepared key of raw bytes, or undefined if they are no honest key or `prepare` has no
 * form for them.
 */
export const make = <K>(prepare: (raw: Uint8Array) => K | undefined): ((raw: Uint8Array) => K | undefined) => {
  const keys = new Map<string, K>()
  return (raw) => {
    const name = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("latin1")
    const key = keys.get(name) ?? (PublicKey.isHonest(raw) ? prepare(raw) : undefined)
    if (key === undefined) return undefined
    keys.delete(name)
    keys.set(name, key)
    const oldest = keys.size > maxKeys ? keys.keys().next().value : undefined
    if (oldest !== undefined) keys.delete(oldest)
    return key
  }
}
