/**
 * E-mail addresses: what is one by its form, and the one spelling in which they are kept, compared and written on the wire.
 *
 * Two spellings of one mailbox have one normal form: lower case, the domain in ASCII (`user@bücher.example` and
 * `user@xn--bcher-kva.example`). Only the form is judged; nobody is asked whether the domain is there.
 */
import { Schema } from "effect"

const longestAddress = 254
const longestLocalPart = 64
const longestDomain = 253

/** Atoms between single dots (RFC 5321), ASCII only: others need relays that few have. No quoted form. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/

const labels = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/

/** A last label of digits is an IPv4 address to whoever reads it as a host. */
const endsInNumber = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/

/**
 * Letters, digits, hyphens and dots; beyond ASCII letters, marks, digits and symbols of any script, and the full stops of
 * East Asia. What a reader doesn't see (U+200B, the soft hyphen) would fall away without a trace, and the syntax of URLs
 * (`%41`, ports, brackets) would be understood.
 */
const spelledDomain =
  /^(?:[a-zA-Z0-9.-]|(?!\p{Default_Ignorable_Code_Point})(?=[^ -~])[\p{L}\p{M}\p{N}\p{S}\u3002\uFF0D\uFF0E\uFF61]|[\u200C\u200D])+$/u

/** The ASCII form of a domain (UTS 46), in lower case; `undefined` for what is none. */
export const asciiDomain = (domain: string): string | undefined => {
  if (domain.length > longestDomain || !spelledDomain.test(domain)) return undefined
  // The host of a URL is in this form, in Node and in browsers alike.
  const url = `http://${domain}/`
  const host = URL.canParse(url) ? new URL(url).hostname : ""
  if (host.length > longestDomain || !labels.test(host) || endsInNumber.test(host)) return undefined
  return host
}

/** The normal form of an address; `undefined` for what is none by its form, such as one with blanks around. */
export const normalForm = (text: string): string | undefined => {
  const at = text.lastIndexOf("@")
  const local = text.slice(0, Math.max(0, at)).toLowerCase()
  if (local.length > longestLocalPart || !localPart.test(local)) return undefined
  const domain = asciiDomain(text.slice(at + 1))
  const address = `${local}@${domain}`
  return domain === undefined || address.length > longestAddress ? undefined : address
}

/** An e-mail address as people write it; see `normalForm`. */
export const EmailAddress = Schema.String.check(
  Schema.isMaxLength(longestAddress),
  Schema.makeFilter((text: string) =>
    normalForm(text) === undefined
      ? "must be an e-mail address such as name@example.org, with plain letters, digits and symbols before the @"
      : true
  )
)
