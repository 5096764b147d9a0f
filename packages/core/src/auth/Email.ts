/**
 * E-mail addresses as traces in logs: a keyed, truncated hash, whose key lives and dies with the process.
 *
 * As keys of accounts they are in their normal form, which `@galaxy/contract/api/EmailAddress` makes.
 */

const logKey = crypto.getRandomValues(new Uint8Array(32))

/** For logs: the same address gives the same mark within one process. */
export const mark = async (email: string): Promise<string> => {
  const algorithm = { name: "HMAC", hash: "SHA-256" }
  const key = await crypto.subtle.importKey("raw", logKey, algorithm, false, ["sign"])
  const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(email)))
  return Array.from(hash.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
