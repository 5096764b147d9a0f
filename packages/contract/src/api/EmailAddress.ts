/**
 * E-mail addresses: which texts count as one, and the single spelling in which they are stored, compared and sent.
 *
 * Two spellings of one mailbox have one normal form: lower case, the domain in ASCII (`user@bücher.example` and
 * `user@xn--bcher-kva.example`). Only the form is checked, never whether the domain exists.
 */
import { Schema } from "effect"

const longestAddress = 254
const longestLocalPart = 64
const longestDomain = 253

/** Atoms between single dots (RFC 5321), ASCII only, since few relays accept others. The quoted form is refused. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/

const labels = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** A domain whose last label is a number is read as an IPv4 address by URL parsers. */
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

/**
 * Letters, digits, hyphens and dots; beyond ASCII letters, marks, digits and symbols of any script, and the full stops
 * of East Asia. Invisible characters (U+200B, the soft hyphen) are refused because the URL parser would silently drop
 * them, and URL syntax (`%41`, ports, brackets) because it would interpret it.
 */
const spelledDomain =
  /^(?:[a-zA-Z0-9.-]|(?!\p{Default_Ignorable_Code_Point})(?=[^ -~])[\p{L}\p{M}\p{N}\p{S}\u3002\uFF0D\uFF0E\uFF61]|[\u200C\u200D])+$/u

/** The ASCII form of a domain (UTS 46), in lower case; `undefined` if the text is not a valid domain. */
export const asciiDomain = (domain: string): string | undefined => {
  if (domain.length > longestDomain || !spelledDomain.test(domain)) return undefined
  // The host of a URL is in this form, in Node and in browsers alike.
  const url = `http://${domain}/`
  const host = URL.canParse(url) ? new URL(url).hostname : ""
  if (host.length > longestDomain || !labels.test(host) || endsInNumber.test(host)) return undefined
  return host
}

/** The normal form of an address; `undefined` if the text is not an address, for example with spaces around it. */
export const normalForm = (text: string): string | undefined => {
  const at = text.lastIndexOf("@")
  const local = text.slice(0, Math.max(0, at)).toLowerCase()
  if (local.length > longestLocalPart || !localPart.test(local)) return undefined
  const domain = asciiDomain(text.slice(at + 1))
  const address = `${local}@${domain}`
  return domain === undefined || address.length > longestAddress ? undefined : address
}

/** An e-mail address as people write it, at most 254 characters. It is not normalised here; see `normalForm`. */
export const EmailAddress = Schema.String.check(
  Schema.isMaxLength(longestAddress),
  Schema.makeFilter((text: string) =>
    normalForm(text) === undefined
      ? "must be an e-mail address such as name@example.org, with plain letters, digits and symbols before the @"
      : true
  )
)
