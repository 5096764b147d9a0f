/**
 * Processes of this machine by number and start time.
 *
 * A number alone is used again after a crash or a reboot, and would make a dead process look alive.
 */
import { readFileSync } from "node:fs"

const bootId = (): string => {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
  } catch {
    return ""
  }
}

/** When the process started, as the kernel counts it; empty where it doesn't say, and for one that is dead already. */
export const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    // The name in brackets may hold anything; the 3rd field is the first after it, the 22nd the 20th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    // Whoever doesn't ask how its child ended leaves a zombie, which holds nothing any more.
    return fields[0] === "Z" || fields[0] === "X" ? "" : (fields[19] ?? "")
  } catch {
    return ""
  }
}

const startAndBoot = (pid: number): string => {
  const start = startOf(pid)
  return start === "" ? "" : `${start}@${bootId()}`
}

/** Names a process among all of this machine's, also after its number is used again and after a reboot. */
export const identityOf = (pid: number): string => `${pid} ${startAndBoot(pid)}`.trim()

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of somebody else can't be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

/** Whether another process than this one lives that `text` names, as `pid start` or `pid start@boot`. */
export const isAnotherAlive = (text: string): boolean => {
  const [number = "", start = ""] = text.trim().split(/\s+/)
  const pid = Number(number)
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !exists(pid)) return false
  return start === (start.includes("@") ? startAndBoot(pid) : startOf(pid))
}
