/** Codes of invitations, as people paste them. */

/** The code in what was typed: a code by itself, or the link that it was sent in. Undefined where there is none. */
export const codeOf = (typed: string): string | undefined => {
  const text = typed.trim()
  const [, linked] = /\/join\/([^/?#\s]+)/.exec(text) ?? []
  const code = (linked ?? text).toLowerCase()
  return /^[0-9a-z_-]{1,64}$/.test(code) ? code : undefined
}

/** The link that leads to an invitation. */
export const linkOf = (origin: string, code: string): string => `${origin}/join/${encodeURIComponent(code)}`
