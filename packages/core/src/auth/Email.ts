/**
 * E-mail addresses as keys of accounts, and as traces in logs.
 *
 * Two spellings that differ in case, outer blanks or Unicode composition are one address; dots and `+tags` are the mail
 * server's business, and stay. Logs carry only a keyed, truncated hash, whose key
 * lives and dies with the process.
 */

export const normalise = (email: string): string => email.trim().normalize("NFC").toLowerCase()

const logKey = crypto.getRandomValues(new Uint8Array(32))

/** For logs: the same address gives the same mark within one process. */
export const mark = async (email: string): Promise<string> => {
  const algorithm = { name: "HMAC", hash: "SHA-256" }
  const key = await crypto.subtle.importKey("raw", logKey, algorithm, false, ["sign"])
  const hash = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(email)))
  return Array.from(hash.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
