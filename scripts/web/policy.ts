/** The content security policy of the web client's shell, from what SvelteKit has written into it. */
import { createHash } from "node:crypto"

const sourceOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

const inlineScripts = (html: string): ReadonlyArray<string> =>
  Array.from(html.matchAll(/<script(\s[^>]*)?>([^]*?)<\/script>/g), ([, attributes = "", text = ""]) =>
    /\ssrc=/.test(attributes) ? "" : text
  ).filter((text) => text !== "")

/** The `style` attribute of the element by which SvelteKit reads out titles; the only one that isn't a class of ours. */
const announcerStyle = (code: string): string | undefined =>
  /id="svelte-announcer"[^>]*?\sstyle="([^"]*)"/.exec(code)?.[1]

/**
 * Nothing inline runs but what has its hash here. `html` is the shell, `modules` the text of all scripts. Throws where
 * SvelteKit has no inline script or no announcer: then it has changed, and so must this.
 */
export const contentSecurityPolicy = (html: string, modules: ReadonlyArray<string>): string => {
  const scripts = inlineScripts(html)
  if (scripts.length !== 1) throw new Error(`the shell has ${scripts.length} inline scripts instead of one`)
  const styles = new Set(modules.map(announcerStyle).filter((style) => style !== undefined))
  if (styles.size !== 1) throw new Error(`SvelteKit's announcer has ${styles.size} styles instead of one`)
  return policy(scripts.map(sourceOf), [...styles].map(sourceOf))
}

/** The policy of a page without anything inline, as the operators' console is. */
export const strictPolicy = (html: string): string => {
  if (inlineScripts(html).length > 0) throw new Error("the console has an inline script")
  return policy([], [])
}

const policy = (scripts: ReadonlyArray<string>, styles: ReadonlyArray<string>): string =>
  [
    "default-src 'none'",
    ["script-src 'self'", ...scripts].join(" "),
    "style-src 'self'",
    ...(styles.length === 0 ? [] : [["style-src-attr 'unsafe-hashes'", ...styles].join(" ")]),
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types svelte-trusted-html sveltekit-trusted-url galaxy-worker"
  ].join("; ")
