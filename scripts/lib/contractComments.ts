/**
 * What the contract's doc comments say about schemas, their fields, groups of operations and operations, by name, for
 * the OpenAPI document.
 *
 * Keys: `Schema`, `Schema.field`, `group:id`, `group:id.operation`; and `file#field` for a field that several schemas of
 * a file share.
 */

const plain = (comment: string): string =>
  comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trimEnd())
    .join(" ")
    .trim()

const targets: ReadonlyArray<readonly [RegExp, (match: RegExpExecArray, at: Place) => ReadonlyArray<string>]> = [
  [/^export const (\w+) = /, ([, name = ""]) => [name]],
  [/^export class \w+ extends HttpApiGroup\.make\("(\w+)"\)/, ([, id = ""]) => [`group:${id}`]],
  [/^HttpApiEndpoint\.\w+\(\s*"(\w+)"/, ([, name = ""], { group }) => [`group:${group}.${name}`]],
  [/^(\w+):/, ([, field = ""], { schema, file }) => [`${schema}.${field}`, `${file}#${field}`]]
]

interface Place {
  readonly file: string
  readonly schema: string
  readonly group: string
}

const last = (text: string, pattern: RegExp): string => [...text.matchAll(pattern)].at(-1)?.[1] ?? ""

/** The comments of one file, by key. `file` is its name without the ending. */
export const commentsOf = (file: string, source: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const match of source.matchAll(/\/\*\*([\s\S]*?)\*\/[ \t]*\n\s*(?=\S)/g)) {
    const before = source.slice(0, match.index)
    const after = source.slice(match.index + match[0].length)
    const place = {
      file,
      schema: last(before, /(?:^|\n)(?:export )?const (\w+)/g),
      group: last(before, /HttpApiGroup\.make\("(\w+)"\)/g)
    }
    for (const [pattern, keys] of targets) {
      const hit = pattern.exec(after)
      if (hit === null) continue
      for (const key of keys(hit, place)) if (!found.has(key)) found.set(key, plain(match[1] ?? ""))
      break
    }
  }
  return found
}
