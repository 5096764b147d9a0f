/**
 * Loaded before a program: kills it with SIGKILL at one of its operations on files, whose number from 0 is in
 * PLAY_KILL_AT. A write is torn: half of it is done. Operations are counted from the first write on.
 */
import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"

const killAt = Number(process.env["PLAY_KILL_AT"])
const at = (args) => typeof args[0] === "string" && args[0].includes("galaxy.json")
let operation = -1

for (const name of ["open", "write", "fsync", "rename", "link", "rm", "unlink", "readFile", "realpath"]) {
  const real = fs[name]
  fs[name] = (...args) => {
    if (operation >= 0 || (name === "open" && at(args) && args[1] === "w")) operation++
    if (operation === killAt) {
      if (name === "write") fs.writeSync(args[0], args[1], 0, Math.floor(args[1].length / 2))
      process.kill(process.pid, "SIGKILL")
      return undefined
    }
    return real(...args)
  }
}
syncBuiltinESMExports()
