/**
 * Reservations in files of one folder: appended, on disk before anybody gets an answer, and removed some time after
 * they expire.
 *
 * One file is written to, and at times an older one waits for its last reservation to expire. A file gets its name only
 * once its header is on disk, so a kill at any point leaves every reservation that was answered. There is one writer at
 * a time: the owner of the data folder.
 */
import { type FileHandle, mkdir, open as openOnDisk, readdir, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import * as segment from "./segment.ts"

interface File {
  readonly path: string
  readonly handle: FileHandle
  readonly begunAt: number
  length: number
  /** When the last reservation in it expires. */
  lastExpiry: number
}

interface Waiting {
  readonly text: string
  readonly now: number
  readonly expiresAt: number
  readonly resolve: () => void
  readonly reject: (cause: unknown) => void
}

/** How files are opened; tests replace it to simulate a full disk. */
export type OpenFile = (path: string, flags: string, mode?: number) => Promise<FileHandle>

/** Where the files are, and how a start judges what it finds. */
export interface LogOptions {
  readonly folder: string
  /** Whether an empty folder is as expected, and no loss. */
  readonly isNew: boolean
  /** Corrects the time of an earlier loss. */
  readonly settle: (lostAtMs: number | undefined) => number | undefined
  readonly openFile?: OpenFile | undefined
}

/** An open log and what was found; `lostAtMs` is the time of the last loss in Unix milliseconds. */
export interface Opened {
  readonly log: ReservationLog
  /** The reservations that haven't expired. */
  readonly live: ReadonlyArray<segment.Reserved>
  readonly lostAtMs: number | undefined
}

/** A file is written to for at least this long, in milliseconds. */
const shortestTurnMs = 60_000

const namePattern = /^reservations-(\d{8,12})\.log$/
const nameOf = (number: number) => `reservations-${String(number).padStart(8, "0")}.log`

/** A name is safe only once its folder is. */
const syncFolder = async (folder: string) => {
  const handle = await openOnDisk(folder, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const writeAll = async (handle: FileHandle, bytes: Buffer, at: number) => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/**
 * The writer. Lines that come while the disk is busy share the next write; each promise rejects as the file system
 * does.
 */
export class ReservationLog {
  readonly #folder: string
  readonly #openFile: OpenFile
  #number: number
  #lostAtMs: number | undefined
  #file: File
  /** Older files, with the time from which nothing in them is needed. */
  #old: Array<{ readonly path: string; readonly until: number }> = []
  #waiting: Array<Waiting> = []
  #writing: Promise<void> | undefined
  /** The file may end in half a line: nothing is written behind it. */
  #spoilt = false
  #longestMs = shortestTurnMs

  private constructor(folder: string, openFile: OpenFile, number: number, lostAtMs: number | undefined, file: File) {
    this.#folder = folder
    this.#openFile = openFile
    this.#number = number
    this.#lostAtMs = lostAtMs
    this.#file = file
  }

  /**
   * Reads what is there and continues in a new file. An empty folder counts as a loss unless `isNew`; the loss is
   * stored too, so that a second start doesn't forget it.
   */
  static async open(options: LogOptions, now: number): Promise<Opened> {
    const { folder, openFile = openOnDisk } = options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = await readdir(folder)
    for (const name of names.filter((it) => it.endsWith(".new"))) await rm(join(folder, name), { force: true })
    const numbers = names.flatMap((name) => {
      const found = namePattern.exec(name)
      return found === null ? [] : [Number(found[1])]
    })
    numbers.sort((a, b) => a - b)
    const found: Array<segment.Segment> = []
    for (const number of numbers) found.push(segment.parse(await readFile(join(folder, nameOf(number)), "utf8")))
    const damaged = found.length === 0 ? !options.isNew : found.some((it) => it.damaged)
    const lostAtMs = damaged ? now : options.settle(found.at(-1)?.lostAtMs)
    const live = found.flatMap((it) => it.reserved).filter((it) => it.expiresAt > now)
    const number = (numbers.at(-1) ?? 0) + 1
    const file = await ReservationLog.#begin(folder, openFile, number, now, lostAtMs, live)
    for (const old of numbers) await rm(join(folder, nameOf(old)), { force: true })
    return { log: new ReservationLog(folder, openFile, number, lostAtMs, file), live, lostAtMs }
  }

  static async #begin(
    folder: string,
    openFile: OpenFile,
    number: number,
    now: number,
    lostAtMs: number | undefined,
    reserved: ReadonlyArray<segment.Reserved>
  ): Promise<File> {
    const path = join(folder, nameOf(number))
    const handle = await openFile(`${path}.new`, "w", 0o600)
    try {
      const bytes = Buffer.from(segment.header(lostAtMs) + reserved.map(segment.reservation).join(""))
      await writeAll(handle, bytes, 0)
      await handle.sync()
      await rename(`${path}.new`, path)
      await syncFolder(folder)
      const lastExpiry = reserved.reduce((last, it) => Math.max(last, it.expiresAt), 0)
      return { path, handle, begunAt: now, length: bytes.length, lastExpiry }
    } catch (cause) {
      await handle.close().catch(() => undefined)
      await rm(`${path}.new`, { force: true }).catch(() => undefined)
      throw cause
    }
  }

  /** Resolves once the reservation is on disk. */
  reserve(it: segment.Reserved, now: number): Promise<void> {
    this.#longestMs = Math.max(this.#longestMs, it.expiresAt - now)
    return this.#append(segment.reservation(it), now, it.expiresAt)
  }

  /** Resolves once a line was written. */
  probe(now: number): Promise<void> {
    return this.#append(segment.probe(), now, 0)
  }

  /** Waits for running writes, and closes the file. */
  async close(): Promise<void> {
    await this.#writing
    await this.#file.handle.close()
  }

  #append(text: string, now: number, expiresAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, now, expiresAt, resolve, reject })
      this.#writing ??= this.#write()
    })
  }

  /** Lines that come while the disk is busy go together into the next write. */
  async #write(): Promise<void> {
    // Not before `#writing` is set.
    await Promise.resolve()
    for (;;) {
      const batch = this.#waiting.splice(0)
      if (batch.length === 0) {
        // In one step with the check: whoever comes now starts a new write.
        this.#writing = undefined
        return
      }
      try {
        const now = batch.reduce((latest, it) => Math.max(latest, it.now), 0)
        await this.#turnOver(now)
        const bytes = Buffer.from(batch.map((it) => it.text).join(""))
        const { handle, length } = this.#file
        this.#spoilt = true
        await writeAll(handle, bytes, length)
        await handle.datasync()
        this.#spoilt = false
        this.#file.length += bytes.length
        this.#file.lastExpiry = batch.reduce((last, it) => Math.max(last, it.expiresAt), this.#file.lastExpiry)
        for (const it of batch) it.resolve()
      } catch (cause) {
        for (const it of batch) it.reject(cause)
      }
    }
  }

  /** Begins a new file when this one is spoilt, or so old that its first reservations have expired. */
  async #turnOver(now: number): Promise<void> {
    const age = Math.abs(now - this.#file.begunAt)
    if (this.#spoilt || age >= this.#longestMs) {
      const file = await ReservationLog.#begin(this.#folder, this.#openFile, this.#number + 1, now, this.#lostAtMs, [])
      this.#number += 1
      const before = this.#file
      this.#file = file
      this.#spoilt = false
      // An incomplete write may be on disk all the same, so its reservations are kept like the others.
      this.#old.push({ path: before.path, until: Math.max(before.lastExpiry, now + this.#longestMs) })
      await before.handle.close().catch(() => undefined)
    }
    const expired = this.#old.filter((it) => it.until <= now)
    if (expired.length === 0) return
    this.#old = this.#old.filter((it) => it.until > now)
    for (const it of expired) await rm(it.path, { force: true })
  }
}
