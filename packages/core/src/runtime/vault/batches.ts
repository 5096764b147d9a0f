/** Many files as one statement takes them, and lists of files in parts that fit into memory. */
import type { PackedFile, StateOwner } from "./StateVault.ts"

/** One file of one game; its body is a part of the common bytes. */
interface FileRow {
  readonly game_id: string
  readonly path: string
  readonly epoch: number
  readonly revision: number
  readonly encoding: string
  /** From 1, as SQL counts. */
  readonly start: number
  readonly length: number
  readonly size: number
  readonly sha256: string
}

/** The files of several games as rows, with their bodies one after the other. */
export const together = (
  games: ReadonlyArray<StateOwner & { readonly files: ReadonlyArray<PackedFile> }>
): { readonly rows: ReadonlyArray<FileRow>; readonly bodies: Uint8Array } => {
  const rows: Array<FileRow> = []
  const parts: Array<Uint8Array> = []
  let length = 0
  for (const { gameId, epoch, files } of games) {
    for (const { body, ...file } of files) {
      rows.push({ game_id: gameId, epoch, ...file, start: length + 1, length: body.byteLength })
      parts.push(body)
      length += body.byteLength
    }
  }
  const bodies = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    bodies.set(part, offset)
    offset += part.byteLength
  }
  return { rows, bodies }
}

/** The list in parts of so many bytes and files; a larger file is a part of its own. */
export const batches = <A extends { readonly bytes: number }>(
  all: ReadonlyArray<A>,
  most: { readonly bytes: number; readonly files: number }
): ReadonlyArray<ReadonlyArray<A>> => {
  const parts: Array<Array<A>> = []
  let bytes = Number.POSITIVE_INFINITY
  for (const it of all) {
    const part = parts.at(-1)
    if (part === undefined || bytes + it.bytes > most.bytes || part.length >= most.files) {
      parts.push([it])
      bytes = it.bytes
    } else {
      part.push(it)
      bytes += it.bytes
    }
  }
  return parts
}
