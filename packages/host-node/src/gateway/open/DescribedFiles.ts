/** Proto files as clients of server reflection ask for them: by their names, and by what they declare. */
import { type DescFile, toBinary } from "@bufbuild/protobuf"
import { nestedTypes } from "@bufbuild/protobuf/reflect"
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt"

/** All names that a file declares: services with their methods, messages, enums and extensions. */
const symbolsOf = (file: DescFile): ReadonlyArray<string> =>
  [...nestedTypes(file)].flatMap((it) =>
    it.kind === "service" ? [it.typeName, ...it.methods.map(({ name }) => `${it.typeName}.${name}`)] : [it.typeName]
  )

/** The name of a file as others import it. */
const nameOf = (file: DescFile) => `${file.name}.proto`

/** A file with all that it imports, each before whoever needs it. */
const withImports = (file: DescFile, seen: Set<DescFile> = new Set()): ReadonlyArray<DescFile> => {
  if (seen.has(file)) return []
  seen.add(file)
  return [...file.dependencies.flatMap((it) => withImports(it, seen)), file]
}

/** A fixed set of files, and what they import. */
export class DescribedFiles {
  readonly #byName = new Map<string, DescFile>()
  readonly #bySymbol = new Map<string, DescFile>()
  readonly #messages = new Set<string>()
  readonly #encoded = new Map<DescFile, Uint8Array>()

  constructor(files: ReadonlyArray<DescFile>) {
    for (const file of files.flatMap((it) => withImports(it))) {
      this.#byName.set(nameOf(file), file)
      for (const symbol of symbolsOf(file)) this.#bySymbol.set(symbol, file)
      for (const it of nestedTypes(file)) if (it.kind === "message") this.#messages.add(it.typeName)
      this.#encoded.set(file, toBinary(FileDescriptorProtoSchema, file.proto))
    }
  }

  /** Each a `FileDescriptorProto`; undefined where there is no such file. */
  named(name: string): ReadonlyArray<Uint8Array> | undefined {
    return this.#withImports(this.#byName.get(name))
  }

  /** The file that declares a symbol, with what it imports. */
  declaring(symbol: string): ReadonlyArray<Uint8Array> | undefined {
    return this.#withImports(this.#bySymbol.get(symbol))
  }

  isMessage(typeName: string): boolean {
    return this.#messages.has(typeName)
  }

  #withImports(file: DescFile | undefined): ReadonlyArray<Uint8Array> | undefined {
    // Whoever asked most likely goes on with it, so it comes first.
    if (file === undefined) return undefined
    return withImports(file)
      .toReversed()
      .flatMap((it) => this.#encoded.get(it) ?? [])
  }
}
