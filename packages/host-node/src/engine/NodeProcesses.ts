/**
 * Processes of this machine by number and start time.
 *
 * A number alone is used again after a crash or a reboot, and would make a dead holder look alive.
 */
import { readFileSync } from "node:fs"
import { Processes } from "@galaxy/engine/host/Processes"
import { Effect, Layer } from "effect"

/** When the process started, as the kernel counts it; empty where it doesn't say, and for one that is dead already. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()
    // The name in brackets may hold anything; the 3rd field is the first after it, the 22nd the 20th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    // Whoever doesn't ask how its child ended leaves a zombie, which holds nothing any more.
    return fields[0] === "Z" || fields[0] === "X" ? "" : `${fields[19] ?? ""}@${boot}`
  } catch {
    return ""
  }
}

const identityOf = (pid: number): string => `${pid} ${startOf(pid)}`.trim()

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // A process of somebody else can't be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM"
  }
}

export const layer = Layer.succeed(Processes, {
  self: identityOf(process.pid),
  isAlive: (identity) =>
    Effect.sync(() => {
      const pid = Number.parseInt(identity, 10)
      return Number.isInteger(pid) && pid > 0 && exists(pid) && identityOf(pid) === identity
    })
})
