/** Lines of a stream, each cut at a bound, so that an endless line costs no memory. */
import type { Readable } from "node:stream"

const newline = 0x0a

/**
 * Calls `onLine` with each line that isn't empty, without its line end; the last one needs none. Errors of the stream
 * are ignored.
 */
export const readLines = (stream: Readable, maxBytes: number, onLine: (line: string) => void): void => {
  let kept: Array<Buffer> = []
  let size = 0
  const keep = (part: Buffer) => {
    const fitting = part.subarray(0, Math.max(0, maxBytes - size))
    if (fitting.length > 0) kept.push(fitting)
    size += fitting.length
  }
  const flush = () => {
    if (size > 0) onLine(Buffer.concat(kept).toString("utf8").replace(/\r$/, ""))
    kept = []
    size = 0
  }
  stream.on("error", () => undefined)
  stream.on("data", (chunk: Buffer) => {
    let rest = chunk
    for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
      keep(rest.subarray(0, at))
      flush()
      rest = rest.subarray(at + 1)
    }
    keep(rest)
  })
  stream.on("end", flush)
}
