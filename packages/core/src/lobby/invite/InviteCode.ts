/** Codes of code-based invites: 128 random bits in lower-case hex. */

const bytes = 16

export const mint = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** Takes as long whatever differs, so that timing tells nothing of the code. */
export const matches = (code: string, given: string): boolean => {
  const folded = given.trim().toLowerCase()
  let difference = code.length ^ folded.length
  for (let index = 0; index < code.length; index++)
    difference |= code.charCodeAt(index) ^ (folded.charCodeAt(index) || 0)
  return difference === 0
}
