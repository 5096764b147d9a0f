/**
 * What V8 writes to standard error when it ends the process: tens of lines of garbage collections and stacks, and among
 * them one sentence that says why.
 */

/** First lines of a dump's parts. After the first of them, the process says nothing else. */
const openers = ["<--- Last few GCs --->", "<--- JS stacktrace --->", "FATAL ERROR: ", "# Fatal ", "----- Native stack"]

/** Longest sentence that is kept, in characters. */
const longest = 200

/** Reads the lines of one process. The dump is kept out of the log, and its sentence is kept. */
export class CrashDump {
  #begun = false
  #sentence: string | undefined

  /** Takes the next line, and returns whether it belongs to a dump. */
  take(line: string): boolean {
    const text = line.trim()
    this.#begun ||= text === "#" || openers.some((it) => text.startsWith(it))
    const said = /^(?:FATAL ERROR|# Fatal [^:]*): (.+)$/.exec(text)?.[1]
    if (this.#begun && said !== undefined) this.#sentence ??= said.slice(0, longest)
    return this.#begun
  }

  /** V8's reason, such as `Reached heap limit Allocation failed - JavaScript heap out of memory`. */
  get sentence(): string | undefined {
    return this.#sentence
  }

  /** V8 could not get the memory that it needed. */
  get outOfMemory(): boolean {
    return /out of memory/i.test(this.#sentence ?? "")
  }
}
