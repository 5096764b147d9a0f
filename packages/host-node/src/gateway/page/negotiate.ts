/** What a client asks for in `Accept-Encoding` and `If-None-Match`. */
import type { Encoding } from "./PageFolder.ts"

const qualityOf = (parameters: ReadonlyArray<string>): number => {
  const given = parameters.map((it) => /^\s*q\s*=\s*(\S*)\s*$/i.exec(it)?.[1]).find((it) => it !== undefined)
  const quality = Number(given ?? 1)
  return Number.isNaN(quality) ? 0 : quality
}

/** Weights by name, in lower case; what is named twice counts as it is named last. */
const weightsOf = (header: string): ReadonlyMap<string, number> =>
  new Map(
    header.split(",").map((part) => {
      const [name = "", ...parameters] = part.split(";")
      return [name.trim().toLowerCase(), qualityOf(parameters)] as const
    })
  )

/** Of the forms that there are, the one that the client likes best; of those that it likes alike, the smallest. */
export const encodingFor = (
  acceptEncoding: string | undefined,
  forms: { readonly br?: unknown; readonly gzip?: unknown }
): Encoding => {
  if (acceptEncoding === undefined) return "identity"
  const weights = weightsOf(acceptEncoding)
  const any = weights.get("*") ?? 0
  const weightOf = (name: string) => weights.get(name) ?? (name === "gzip" ? weights.get("x-gzip") : undefined) ?? any
  let best: Encoding = "identity"
  // A client that likes plain forms better has to say so.
  let weight = weights.get("identity") ?? 0
  for (const name of ["gzip", "br"] as const) {
    if (forms[name] === undefined || weightOf(name) === 0 || weightOf(name) < weight) continue
    best = name
    weight = weightOf(name)
  }
  return best
}

const plain = (tag: string): string => tag.trim().replace(/^W\//, "")

/** Whether the client has this form already. */
export const hasAlready = (ifNoneMatch: string | undefined, tag: string): boolean =>
  ifNoneMatch !== undefined && (ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").map(plain).includes(tag))

/** Whether the client is a browser that opens an address, rather than a program that reads JSON. */
export const opensAddress = (accept: string | undefined): boolean => (weightsOf(accept ?? "").get("text/html") ?? 0) > 0
