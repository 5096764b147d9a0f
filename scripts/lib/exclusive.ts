/** Sections of work that one process of this tree at a time is in. A holder that has died holds nothing. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./tree.ts"

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

const holder = (lock: string): number | undefined => {
  try {
    return Number(readFileSync(lock, "utf8"))
  } catch {
    return undefined
  }
}

const take = (lock: string): boolean => {
  const mine = `${lock}.${process.pid}`
  writeFileSync(mine, String(process.pid))
  try {
    // A link appears with its content, which a file that is being written does not.
    linkSync(mine, lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    const pid = holder(lock)
    if (pid !== undefined && !isAlive(pid)) rmSync(lock, { force: true })
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

/** Waits until nobody else is in the section of that name, and runs it. */
export const exclusively = <A>(name: string, section: () => A, folder = join(root, ".cache")): A => {
  mkdirSync(folder, { recursive: true })
  const lock = join(folder, `${name}.lock`)
  const pause = new Int32Array(new SharedArrayBuffer(4))
  while (!take(lock)) Atomics.wait(pause, 0, 0, 50)
  try {
    return section()
  } finally {
    rmSync(lock, { force: true })
  }
}
