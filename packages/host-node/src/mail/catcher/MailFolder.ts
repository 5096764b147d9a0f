/**
 * The newest caught mails, in memory and, given a folder, in one file each.
 *
 * A file is complete or absent. Unreadable files are skipped at the start, and mails over the limit are removed. A file
 * that can't be removed is reported and tried again with the next mail: the new mail is kept all the same, since a
 * sender that is refused would send it again.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Option, Schema } from "effect"
import { CaughtMail } from "./CaughtMail.ts"

const Stored = Schema.fromJsonString(CaughtMail)
const decode = Schema.decodeUnknownOption(Stored)
const encode = Schema.encodeSync(Stored)
const fileName = /^[0-9a-f-]{36}\.json$/

/** Called after each attempt to remove old files: with what went wrong, or `undefined`. */
export type ReportRemoval = (problem: unknown) => void

/** At most `limit` mails: a new one pushes the oldest out. `open` and `add` reject as the file system does. */
export class MailFolder {
  readonly #folder: string | undefined
  readonly #limit: number
  /** Oldest first. */
  readonly #mails: Array<CaughtMail> = []
  /** Mails over the limit whose files aren't removed yet. */
  #old: ReadonlyArray<CaughtMail> = []
  readonly #report: ReportRemoval

  private constructor(folder: string | undefined, limit: number, report: ReportRemoval) {
    this.#folder = folder
    this.#limit = limit
    this.#report = report
  }

  static async open(folder: string | undefined, limit: number, report: ReportRemoval): Promise<MailFolder> {
    const opened = new MailFolder(folder, limit, report)
    if (folder !== undefined) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await opened.#load(folder)
    }
    return opened
  }

  /** Newest first. */
  list(): ReadonlyArray<CaughtMail> {
    return this.#mails.toReversed()
  }

  async add(mail: CaughtMail): Promise<void> {
    if (this.#folder !== undefined) {
      const file = join(this.#folder, `${mail.id}.json`)
      await writeFile(`${file}.part`, encode(mail), { mode: 0o600 })
      await rename(`${file}.part`, file)
    }
    this.#mails.push(mail)
    await this.#prune()
  }

  async #load(folder: string): Promise<void> {
    // Ids begin with the time, so names sort by age.
    for (const name of (await readdir(folder)).toSorted()) {
      if (name.endsWith(".json.part")) await rm(join(folder, name), { force: true })
      if (!fileName.test(name)) continue
      const mail = Option.getOrUndefined(decode(await readFile(join(folder, name), "utf8").catch(() => "")))
      if (mail !== undefined && `${mail.id}.json` === name) this.#mails.push(mail)
    }
    await this.#prune()
  }

  async #prune(): Promise<void> {
    const old = this.#mails.splice(0, Math.max(0, this.#mails.length - this.#limit))
    const folder = this.#folder
    if (folder === undefined || (old.length === 0 && this.#old.length === 0)) return
    const removed = [...this.#old, ...old].map(async (mail) => {
      try {
        await rm(join(folder, `${mail.id}.json`), { force: true })
        return undefined
      } catch (cause) {
        return { mail, cause }
      }
    })
    const failed = (await Promise.all(removed)).filter((it) => it !== undefined)
    // The next start finds the rest.
    this.#old = failed.map((it) => it.mail).slice(-this.#limit)
    this.#report(failed[0]?.cause)
  }
}
