/**
 * Processes of this machine, by number and start time.
 *
 * A number alone may be reused after a crash or a reboot, and would make a dead process look alive.
 */
import { readFileSync } from "node:fs"

const bootId = (): string => {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
  } catch {
    return ""
  }
}

/** When the process started, as the kernel counts it; empty where that isn't known or the process has ended. */
export const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name in brackets may hold anything; the 3rd field is the first after it, the 22nd the 20th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    // A zombie, whose parent hasn't collected it, holds nothing any more.
    return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "")
  } catch {
    return ""
  }
}

const startAndBoot = (pid: number): string => {
  const start = startOf(pid)
  return start === "" ? "" : `${start}@${bootId()}`
}

/** Identifies a process of this machine, even after its number is reused or the machine restarts. */
export const identityOf = (pid: number): string => `${pid} ${startAndBoot(pid)}`.trim()

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Another user's process can't be signalled, but it exists.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

const parsed = (text: string) => {
  const [number = "", start = ""] = text.trim().split(/\s+/)
  return { pid: Number(number), start }
}

/** Whether `text` (`pid start` or `pid start@boot`) names a living process. */
export const isAlive = (text: string): boolean => {
  const { pid, start } = parsed(text)
  if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return false
  return start === (start.includes("@") ? startAndBoot(pid) : startOf(pid))
}

/** The same, for a process other than this one. */
export const isAnotherAlive = (text: string): boolean => parsed(text).pid !== process.pid && isAlive(text)
