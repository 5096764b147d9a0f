/**
 * Lines of several processes on one output.
 *
 * A pipe takes only 4 KiB in one piece, so processes that write longer lines to the same one tear each other's apart. Here each
 * has a pipe of its own, and what comes out of them goes on line by line.
 */
import type { Readable } from "node:stream"

/** A line that doesn't end is cut into pieces of so many characters. The log writes none that is as long. */
const longest = 1_048_576

/** Hands on whatever a process writes, in whole lines, each with its end; the last one gets an end if it has none. */
export const wholeLines = (from: Readable, print: (lines: string) => void): void => {
  let parts: Array<string> = []
  let length = 0
  const flush = (end: string) => {
    print(parts.join("") + end)
    parts = []
    length = 0
  }
  from.setEncoding("utf8").on("data", (text: string) => {
    const end = text.lastIndexOf("\n") + 1
    if (end > 0) {
      parts.push(text.slice(0, end))
      flush("")
    }
    if (end === text.length) return
    parts.push(text.slice(end))
    length += text.length - end
    if (length >= longest) flush("\n")
  })
  from.once("end", () => {
    if (length > 0) flush("\n")
  })
}
