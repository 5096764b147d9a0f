/**
 * Lines of one turn of the event loop in one write to a stream.
 *
 * A batch is no longer than what a pipe takes in one piece, so that lines of several processes don't tear each other's apart.
 */

/** What a pipe takes in one piece, in bytes. */
const longest = 4_096

/** Writes whole lines, in the order of the calls. */
export class LineBatch {
  readonly #stream: NodeJS.WritableStream
  #waiting = ""
  #bytes = 0
  #turn: NodeJS.Immediate | undefined

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream
  }

  /** At once, after those that wait. */
  write(line: string): void {
    this.flush()
    this.#stream.write(`${line}\n`)
  }

  /** With others, at the end of the turn at the latest. */
  later(line: string): void {
    const bytes = Buffer.byteLength(line) + 1
    if (this.#bytes + bytes > longest) this.flush()
    this.#waiting += `${line}\n`
    this.#bytes += bytes
    this.#turn ??= setImmediate(() => this.flush())
  }

  /** Writes what waits. */
  flush(): void {
    clearImmediate(this.#turn)
    this.#turn = undefined
    if (this.#bytes === 0) return
    const waiting = this.#waiting
    this.#waiting = ""
    this.#bytes = 0
    this.#stream.write(waiting)
  }
}
