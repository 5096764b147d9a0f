/** Text that a daemon sends: lines of JSON as they come, and what a container wrote. */
import type { Readable } from "node:stream"

/** Longest line; what is beyond it is cut. Characters. */
const maxLine = 64 * 1024

/** The lines of a stream, without empty ones. */
export async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = ""
  stream.setEncoding("utf8")
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n")
    rest = (lines.pop() ?? "").slice(0, maxLine)
    for (const line of lines) if (line.trim() !== "") yield line.trimEnd()
  }
  if (rest.trim() !== "") yield rest.trimEnd()
}

/** A line as JSON; undefined where it isn't. */
export const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The lines of a container's log. Docker puts eight bytes before each piece: which stream, and how long it is. */
export const logLines = (bytes: unknown): ReadonlyArray<string> => {
  if (!Buffer.isBuffer(bytes)) return []
  const pieces: Array<Buffer> = []
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at + 4)
    pieces.push(bytes.subarray(at + 8, at + 8 + size))
    at += 8 + size
  }
  return Buffer.concat(pieces)
    .toString("utf8")
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
}
