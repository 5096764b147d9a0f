/**
 * Reservations in files of one folder: appended, on disk before anybody gets an answer, and removed some time after
 * they expire.
 *
 * One file is written to, and at times an older one waits for its last reservation to expire. A file gets its name only
 * once its header is on disk, so a kill at any point leaves every reservation that was answered. There is one writer at
 * a time: the owner of the data folder.
 *
 * Stored times are of the wall clock, since a file outlives its process. Ages are measured by the monotonic clock.
 */
import { type FileHandle, mkdir, open as openOnDisk, readdir, readFile, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { joined, longestMs, type Reading, toleranceMs } from "@galaxy/edge/ClockSteps"
import { type Losses, settled } from "@galaxy/edge/VouchedTime"
import { syncFolder } from "../../files/syncFolder.ts"
import * as segment from "./segment.ts"

interface File {
  readonly path: string
  readonly handle: FileHandle
  /** What its header says. */
  readonly losses: Losses
  /** Monotonic milliseconds, like the next one. */
  readonly begunAt: number
  /** When the last reservation in it expires. */
  lastExpiry: number
  length: number
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
  /** A write that takes longer keeps no more lines waiting. Milliseconds. */
  readonly patienceMs: number
  readonly openFile?: OpenFile | undefined
}

/** An open log and what was found. */
export interface Opened {
  readonly log: ReservationLog
  /** The reservations that haven't expired; those that end first come first. */
  readonly live: ReadonlyArray<segment.Reserved>
  readonly losses: Losses
}

/** The disk has kept a write waiting for too long. */
export class DiskStalled extends Error {}

/** A file is written to for at least this long, in milliseconds. */
const shortestTurnMs = 60_000

const namePattern = /^reservations-(\d{8,12})\.log$/
const nameOf = (number: number) => `reservations-${String(number).padStart(8, "0")}.log`

const writeAll = async (handle: FileHandle, bytes: Buffer, at: number) => {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/** What the files of an earlier process say, once its clock and this one's are compared. */
const judged = (found: ReadonlyArray<segment.Segment>, damaged: boolean, now: number) => {
  const known = found.at(-1)?.losses ?? { lostAtMs: undefined, ahead: [] }
  const reserved = found.flatMap((it) => it.reserved)
  // Made at a time that is still to come: the clock was ahead then, or has been set back since.
  const late = reserved
    .map((it) => ({ madeAt: it.expiresAt - it.ttlMs, ttlMs: it.ttlMs }))
    .filter(({ madeAt }) => madeAt > now + toleranceMs)
    .filter(({ madeAt }) => !known.ahead.some((it) => it.from <= madeAt && madeAt <= it.to))
  const ahead = late.reduce(
    (span, { madeAt, ttlMs }) => ({
      from: Math.min(span.from, madeAt - ttlMs),
      to: Math.max(span.to, madeAt)
    }),
    { from: Number.POSITIVE_INFINITY, to: 0 }
  )
  const losses: Losses =
    damaged || late.length > 0
      ? {
          lostAtMs: now,
          // What was made earlier may be forgotten already.
          ahead:
            late.length === 0 ? known.ahead : joined(known.ahead, [{ ...ahead, from: ahead.from - longestMs }], now)
        }
      : { lostAtMs: settled(known.lostAtMs, now), ahead: known.ahead }
  const live = reserved
    .filter((it) => it.expiresAt > now)
    .map((it) => ({ ...it, expiresAt: Math.min(it.expiresAt, now + it.ttlMs) }))
    .toSorted((a, b) => a.expiresAt - b.expiresAt)
  return { losses, live }
}

/**
 * The writer. Lines that come while the disk is busy share the next write; each promise rejects as the file system
 * does.
 */
export class ReservationLog {
  readonly #folder: string
  readonly #openFile: OpenFile
  #number: number
  #losses: Losses
  #file: File
  /** Older files, with the monotonic time from which nothing in them is needed. */
  #old: Array<{ readonly path: string; readonly until: number }> = []
  #waiting: Array<Waiting> = []
  #writing: Promise<void> | undefined
  /** When the oldest line of the running write was handed over; monotonic milliseconds. */
  #writingSince: number | undefined
  /** The file may end in half a line: nothing is written behind it. */
  #spoilt = false
  #longestMs = shortestTurnMs
  readonly #patienceMs: number

  private constructor(options: LogOptions, openFile: OpenFile, number: number, losses: Losses, file: File) {
    this.#folder = options.folder
    this.#patienceMs = options.patienceMs
    this.#openFile = openFile
    this.#number = number
    this.#losses = losses
    this.#file = file
  }

  /**
   * Reads what is there and continues in a new file. An empty folder counts as a loss unless `isNew`; the loss is
   * stored too, so that a second start doesn't forget it.
   */
  static async open(options: LogOptions, now: Reading): Promise<Opened> {
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
    const { losses, live } = judged(found, damaged, now.wall)
    const number = (numbers.at(-1) ?? 0) + 1
    const file = await ReservationLog.#begin(folder, openFile, number, now.monotonic, losses, live)
    file.lastExpiry = now.monotonic + (live.at(-1)?.expiresAt ?? now.wall) - now.wall
    for (const old of numbers) await rm(join(folder, nameOf(old)), { force: true })
    return { log: new ReservationLog(options, openFile, number, losses, file), live, losses }
  }

  static async #begin(
    folder: string,
    openFile: OpenFile,
    number: number,
    now: number,
    losses: Losses,
    reserved: ReadonlyArray<segment.Reserved>
  ): Promise<File> {
    const path = join(folder, nameOf(number))
    const handle = await openFile(`${path}.new`, "w", 0o600)
    try {
      const bytes = Buffer.from(segment.header(losses) + reserved.map(segment.reservation).join(""))
      await writeAll(handle, bytes, 0)
      await handle.sync()
      await rename(`${path}.new`, path)
      await syncFolder(folder)
      return { path, handle, losses, begunAt: now, length: bytes.length, lastExpiry: now }
    } catch (cause) {
      await handle.close().catch(() => undefined)
      await rm(`${path}.new`, { force: true }).catch(() => undefined)
      throw cause
    }
  }

  /** Resolves once the reservation is on disk. `now` is monotonic milliseconds, here and below. */
  reserve(it: segment.Reserved, now: number): Promise<void> {
    this.#longestMs = Math.max(this.#longestMs, it.ttlMs)
    return this.#append(segment.reservation(it), now, now + it.ttlMs)
  }

  /** Resolves once a line was written. */
  probe(now: number): Promise<void> {
    return this.#append(segment.probe(), now, now)
  }

  /** From now on every file, and the next line, comes after these losses. */
  lost(losses: Losses): void {
    this.#losses = losses
  }

  /** Waits for running writes, and closes the file. */
  async close(): Promise<void> {
    await this.#writing
    await this.#file.handle.close()
  }

  #append(text: string, now: number, expiresAt: number): Promise<void> {
    const since = this.#writingSince
    if (since !== undefined && now - since > this.#patienceMs) return Promise.reject(new DiskStalled())
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
        this.#writingSince = undefined
        return
      }
      try {
        const now = batch.reduce((latest, it) => Math.max(latest, it.now), Number.NEGATIVE_INFINITY)
        this.#writingSince = now
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
    const { begunAt, losses } = this.#file
    if (this.#spoilt || losses !== this.#losses || now - begunAt >= this.#longestMs) {
      const next = this.#number + 1
      const file = await ReservationLog.#begin(this.#folder, this.#openFile, next, now, this.#losses, [])
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
