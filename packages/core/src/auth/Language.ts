/** Which language a new player's mails are in: the body's `locale`, else `Accept-Language`, else the default. */
import { languageTag as canonical } from "../shared/languageTag.ts"

const maxHeader = 1_024

/** The valid tag of highest weight in the header; the first of equals. */
const fromHeader = (header: string): string | undefined => {
  if (header.length > maxHeader) return undefined
  const candidates = header.split(",").map((part) => {
    const [tag = "", ...parameters] = part.split(";")
    const weight = parameters.map((it) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(it)?.[1]).find((it) => it !== undefined)
    return { tag: canonical(tag), weight: weight === undefined ? 1 : Number(weight) }
  })
  return candidates.filter((it) => it.tag !== undefined && it.weight > 0).toSorted((a, b) => b.weight - a.weight)[0]
    ?.tag
}

/** A canonical BCP 47 tag, or `fallback` as given. Malformed input is skipped, never an error. */
export const resolve = (locale: string | undefined, acceptLanguage: string | undefined, fallback: string): string =>
  canonical(locale ?? "") ?? fromHeader(acceptLanguage ?? "") ?? fallback
