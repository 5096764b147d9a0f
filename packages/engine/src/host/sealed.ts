/**
 * The form of a state file: its format and version, and a digest over all of it.
 *
 * A file that was cut short, edited or written by something else is refused.
 */
import { Result } from "effect"
import { sha256Hex } from "../random/sha256.ts"
import { canonicalJson, type StateJson } from "../state/canonical.ts"
import type { Sha256Hex } from "./Sha256.ts"
import { isReadable, type StateKind, stateVersion, upgraded } from "./upgrades.ts"

const formatOf = (kind: StateKind): string => `galaxy-engine/${kind}`

/** Files of the first two versions have a digest over their content alone. */
const contentOnly = (version: number): boolean => version < 3

const headOf = (kind: StateKind, version: number, text: string, sha256: Sha256Hex): string => {
  const format = formatOf(kind)
  const digested = contentOnly(version) ? text : `${canonicalJson({ format, version })}\n${text}`
  return canonicalJson({ format, sha256: sha256(digested), version })
}

/** A state file's text: one line with format, version and SHA-256, and one with the content as canonical JSON. */
export const seal = (kind: StateKind, content: StateJson, sha256: Sha256Hex = sha256Hex): string => {
  const text = canonicalJson(content)
  return `${headOf(kind, stateVersion, text, sha256)}\n${text}\n`
}

const parse = (text: string): Result.Result<unknown, string> =>
  Result.try({ try: (): unknown => JSON.parse(text), catch: () => "is not JSON" })

/** Version and content of a sealed text whose digest is right, or what is wrong with the text. Reads no content. */
export const verified = (
  kind: StateKind,
  sealed: string,
  sha256: Sha256Hex = sha256Hex
): Result.Result<{ readonly version: number; readonly text: string }, string> => {
  const [head = "", text, rest, ...more] = sealed.split("\n")
  if (text === undefined || rest !== "" || more.length > 0) return Result.fail("is cut short or not a state file")
  return Result.flatMap(parse(head), (parsed) => {
    if (typeof parsed !== "object" || parsed === null) return Result.fail("is not a state file")
    const { format, version } = parsed as Record<string, unknown>
    if (format !== formatOf(kind)) return Result.fail(`is not a file of format ${formatOf(kind)}`)
    if (!isReadable(version)) {
      return Result.fail(`has version ${String(version)}; this engine reads up to ${stateVersion}`)
    }
    if (head !== headOf(kind, version, text, sha256)) return Result.fail("does not match its digest")
    return Result.succeed({ version, text })
  })
}

/** The content of a sealed text, upgraded to the present version, or what is wrong with the text. */
export const unseal = (
  kind: StateKind,
  sealed: string,
  sha256: Sha256Hex = sha256Hex
): Result.Result<unknown, string> =>
  Result.flatMap(verified(kind, sealed, sha256), ({ version, text }) =>
    Result.flatMap(parse(text), (content) => upgraded(kind, version, content))
  )
