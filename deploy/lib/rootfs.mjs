/** A root file system made of this machine's own programs: for images `FROM scratch`. Linux with glibc only. */
import { execFileSync } from "node:child_process"
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"

const certificates = "/etc/ssl/certs/ca-certificates.crt"

/** Begins one in a new folder, with accounts, name lookup, certificates and an empty `/tmp`; `users` are `name: id`. */
export const rootfs = (folder, users) => {
  const at = (path) => join(folder, path)
  const write = (path, text, mode = 0o644) => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text, { mode })
  }
  const put = (from, path = from) => {
    mkdirSync(dirname(at(path)), { recursive: true })
    copyFileSync(realpathSync(from), at(path))
  }
  /** The shared libraries that a program or an addon is linked to, where the loader looks for them. */
  const linked = (file) => {
    // Each line names one as `libm.so.6 => /lib/… (0x…)`, or the loader by its path alone.
    for (const [path] of execFileSync("ldd", [file], { encoding: "utf8" }).matchAll(/\/\S+/g)) {
      if (!existsSync(at(path))) put(path)
    }
  }
  /** A program with its shared libraries. */
  const program = (from, path = from) => {
    put(from, path)
    linked(from)
  }
  /** The files of a folder that are wanted; shared objects come with what they are linked to. */
  const tree = (from, isWanted = () => true) => {
    for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isDirectory() || !isWanted(path) || !existsSync(path)) continue
      if (/\.so(\.|$)/.test(entry.name)) program(path)
      else put(path)
    }
  }
  /** An empty folder. */
  const empty = (path, mode = 0o755) => {
    mkdirSync(at(path), { recursive: true })
    chmodSync(at(path), mode)
  }
  mkdirSync(folder, { recursive: true })
  const accounts = Object.entries(users)
  write(
    "/etc/passwd",
    ["root:x:0:0:root:/:/bin/false", ...accounts.map(([it, id]) => `${it}:x:${id}:${id}:${it}:/:/bin/false`), ""].join(
      "\n"
    )
  )
  write("/etc/group", ["root:x:0:", ...accounts.map(([it, id]) => `${it}:x:${id}:`), ""].join("\n"))
  write("/etc/nsswitch.conf", "hosts: files dns\n")
  if (existsSync(certificates)) put(certificates)
  empty("/tmp", 0o1777)
  return { write, put, program, linked, tree, empty }
}
