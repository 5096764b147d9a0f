/**
 * A file that lines are appended to, and that recovers from trouble.
 *
 * Writing never makes anybody wait and never fails. While the disk is full or the file can't be opened, lines are kept
 * up to a bound and then counted as lost, and the file is tried again every second. A file that was renamed or removed,
 * as when logs are rotated, is opened again under its name.
 */
import { mkdir, open, stat, type FileHandle } from "node:fs/promises"
import { dirname } from "node:path"

/** By default a second between attempts, and 1 MiB of lines kept meanwhile. */
export interface LogFileOptions {
  /** Milliseconds between two attempts, and between checks whether the name still stands for the same file. */
  readonly retryMs?: number
  /** Bytes of lines that are kept while none can be written. */
  readonly maxPendingBytes?: number
  /** The line that says how many were lost, and why. */
  readonly lostLine: (lines: number, reason: string) => string
}

/** How long `close` waits for pending lines, in milliseconds. */
const endMs = 1_000

/** An open log file. `close` waits up to a second for pending lines; lines written later are lost. */
export class LogFile {
  readonly #file: string
  readonly #options: Required<LogFileOptions>
  #handle: FileHandle | undefined
  #pending: Array<Buffer> = []
  #pendingBytes = 0
  #lost = 0
  #reason = ""
  /** A line was cut off by an error: the next write begins on a new line. */
  #torn = false
  #lookedAt = 0
  #flushing: Promise<void> | undefined
  #again: NodeJS.Timeout | undefined
  #closed = false

  private constructor(file: string, options: LogFileOptions) {
    this.#file = file
    this.#options = { retryMs: 1_000, maxPendingBytes: 1_048_576, ...options }
  }

  /** Opens the file for appending, readable by its owner only; fails as the file system does. */
  static async open(file: string, options: LogFileOptions): Promise<LogFile> {
    const log = new LogFile(file, options)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await log.#reopen()
    return log
  }

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`)
    if (this.#closed || this.#pendingBytes + bytes.length > this.#options.maxPendingBytes) {
      this.#lost += 1
      return
    }
    this.#keep(bytes)
    if (this.#again === undefined) this.#flush()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#again)
    this.#again = undefined
    const late = new Promise<void>((resolve) => setTimeout(resolve, endMs).unref())
    if (this.#flushing === undefined) this.#flush()
    await Promise.race([this.#flushing, late])
    await this.#letGo()
  }

  #keep(bytes: Buffer): void {
    this.#pending.push(bytes)
    this.#pendingBytes += bytes.length
  }

  #flush(): void {
    this.#flushing ??= this.#writeAll()
      .catch((cause: unknown) => this.#failed(cause))
      .finally(() => {
        this.#flushing = undefined
      })
  }

  /** Closes what was open, and tries the file again after a while. */
  async #failed(cause: unknown): Promise<void> {
    this.#reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause)
    await this.#letGo()
    if (this.#closed) return
    this.#again = setTimeout(() => {
      this.#again = undefined
      this.#flush()
    }, this.#options.retryMs)
    this.#again.unref()
  }

  async #writeAll(): Promise<void> {
    const handle = await this.#current()
    while (this.#pending.length > 0) await this.#writeSome(handle)
    if (this.#lost === 0) return
    const lost = this.#lost
    this.#lost = 0
    this.#keep(Buffer.from(`${this.#options.lostLine(lost, this.#reason)}\n`))
    await this.#writeSome(handle)
  }

  /** Writes the pending lines; bytes that the system has taken are not written again. */
  async #writeSome(handle: FileHandle): Promise<void> {
    if (this.#torn) {
      await handle.write("\n")
      this.#torn = false
    }
    const lines = this.#pending
    const bytes = Buffer.concat(lines)
    let written = 0
    try {
      while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten
    } finally {
      // Lines that came meanwhile are behind these.
      while (lines[0] !== undefined && written >= lines[0].length) {
        written -= lines[0].length
        this.#pendingBytes -= lines[0].length
        lines.shift()
      }
      this.#torn = written > 0
    }
  }

  async #current(): Promise<FileHandle> {
    const now = performance.now()
    if (this.#handle !== undefined && now - this.#lookedAt < this.#options.retryMs) return this.#handle
    if (this.#handle !== undefined && (await this.#isTheOneNamed(this.#handle))) {
      this.#lookedAt = now
      return this.#handle
    }
    await this.#letGo()
    return this.#reopen()
  }

  async #isTheOneNamed(handle: FileHandle): Promise<boolean> {
    const [ours, named] = await Promise.all([handle.stat(), stat(this.#file).catch(() => undefined)])
    return named !== undefined && named.ino === ours.ino && named.dev === ours.dev
  }

  async #reopen(): Promise<FileHandle> {
    this.#handle = await open(this.#file, "a", 0o600)
    if ((await this.#handle.stat()).size === 0) this.#torn = false
    this.#lookedAt = performance.now()
    return this.#handle
  }

  async #letGo(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close().catch(() => undefined)
  }
}
