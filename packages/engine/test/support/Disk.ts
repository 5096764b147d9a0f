/**
 * A disk in memory that can fail or lose power at any of its operations.
 *
 * It keeps apart what was written and what a sync has made last, so that a loss of power shows what was never synced.
 */
import { ByteSize, Data, Effect, FileSystem, Option } from "effect"
import { type PlatformError, systemError } from "effect/PlatformError"

interface FileNode {
  readonly kind: "file"
  now: Uint8Array
  synced: Uint8Array
}
interface FolderNode {
  readonly kind: "folder"
  now: Map<string, Node>
  synced: Map<string, Node>
}
type Node = FileNode | FolderNode

/** The machine stopped: nothing that was going on goes on. */
export class Stopped extends Data.TaggedError("Stopped") {}

/**
 * What happens at an operation. `refuse` does nothing and says so, `deny` does it and says it failed, `stop` does
 * nothing for ever after, `tear` stops halfway through writing.
 */
export type Fault = "refuse" | "deny" | "stop" | "tear"

/** What a stop leaves: of names and of contents, what was written or only what was synced. */
export interface Survivors {
  readonly names: "now" | "synced"
  readonly contents: "now" | "synced"
}

const folder = (): FolderNode => ({ kind: "folder", now: new Map(), synced: new Map() })
const empty = new Uint8Array()
const utf8 = new TextEncoder()

const failure = (method: string, path: string, tag: "NotFound" | "AlreadyExists" | "Unknown"): PlatformError =>
  systemError({ _tag: tag, module: "FileSystem", method, pathOrDescriptor: path })

const infoOf = (node: Node): FileSystem.File.Info => {
  const none = Option.none()
  return {
    type: node.kind === "file" ? "File" : "Directory",
    size: ByteSize.bytes(node.kind === "file" ? node.now.length : 0),
    mtime: none,
    atime: none,
    birthtime: none,
    dev: 0n,
    ino: none,
    mode: 0o600,
    nlink: none,
    uid: none,
    gid: none,
    rdev: none,
    blksize: none,
    blocks: none
  }
}

export class Disk {
  #root = folder()
  #stopped = false
  #fault: { readonly at: number; readonly fault: Fault } | undefined
  /** Operations so far, as `method path`. */
  readonly operations: Array<string> = []

  /** Lets the operation of that number, from 0, go wrong. */
  failAt(at: number, fault: Fault): void {
    this.#fault = { at, fault }
  }

  /** Starts the machine again, with what a stop has left. */
  restart(survivors: Survivors): void {
    this.#stopped = false
    this.#fault = undefined
    this.#root = restored(this.#root, survivors) as FolderNode
  }

  /** Texts of all files, by path. */
  texts(): ReadonlyMap<string, string> {
    const found = new Map<string, string>()
    const walk = (node: FolderNode, path: string): void => {
      for (const [name, child] of node.now) {
        if (child.kind === "folder") walk(child, `${path}/${name}`)
        else found.set(`${path}/${name}`, new TextDecoder().decode(child.now))
      }
    }
    walk(this.#root, "")
    return found
  }

  write(path: string, text: string): void {
    const { parent, name } = this.#place(path, "write")
    const bytes = utf8.encode(text)
    parent.now.set(name, { kind: "file", now: bytes, synced: bytes })
  }

  remove(path: string): void {
    const { parent, name } = this.#place(path, "remove")
    parent.now.delete(name)
  }

  #parts(path: string): ReadonlyArray<string> {
    return path.split("/").filter((part) => part !== "" && part !== ".")
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const part of this.#parts(path)) node = node?.kind === "folder" ? node.now.get(part) : undefined
    return node
  }

  #place(path: string, method: string): { readonly parent: FolderNode; readonly name: string } {
    const parts = this.#parts(path)
    const parent = this.#find(parts.slice(0, -1).join("/"))
    const name = parts.at(-1)
    if (parent?.kind !== "folder" || name === undefined) throw failure(method, path, "NotFound")
    return { parent, name }
  }

  #operate<A>(method: string, path: string, run: () => A, torn?: () => void): Effect.Effect<A, PlatformError> {
    return Effect.suspend(() => {
      if (this.#stopped) return Effect.die(new Stopped())
      const fault = this.#fault?.at === this.operations.length ? this.#fault.fault : undefined
      this.operations.push(`${method} ${path}`)
      if (fault === "stop" || fault === "tear") {
        if (fault === "tear") torn?.()
        this.#stopped = true
        return Effect.die(new Stopped())
      }
      if (fault === "refuse") return Effect.fail(failure(method, path, "Unknown"))
      try {
        const result = run()
        return fault === "deny" ? Effect.fail(failure(method, path, "Unknown")) : Effect.succeed(result)
      } catch (error) {
        return Effect.fail(error as PlatformError)
      }
    })
  }

  #open(path: string, flag: string): Node {
    const { parent, name } = path === "/" ? { parent: this.#root, name: "" } : this.#place(path, "open")
    const there = path === "/" ? this.#root : parent.now.get(name)
    if (flag === "r") {
      if (there === undefined) throw failure("open", path, "NotFound")
      return there
    }
    if (flag === "wx" && there !== undefined) throw failure("open", path, "AlreadyExists")
    // A file that is written anew keeps its node; what was synced of it stays until the next sync.
    const node: FileNode = there?.kind === "file" ? there : { kind: "file", now: empty, synced: empty }
    node.now = empty
    parent.now.set(name, node)
    return node
  }

  #handle(path: string, node: Node): FileSystem.File {
    const unsupported = Effect.die(new Error("not used"))
    const append = (part: Uint8Array) => {
      if (node.kind !== "file") throw failure("write", path, "Unknown")
      node.now = new Uint8Array([...node.now, ...part])
    }
    return {
      [FileSystem.FileTypeId]: FileSystem.FileTypeId,
      stat: unsupported,
      seek: () => unsupported,
      read: () => unsupported,
      readAlloc: () => unsupported,
      truncate: () => unsupported,
      write: () => unsupported,
      writeAll: (bytes) =>
        this.#operate(
          "write",
          path,
          () => append(bytes),
          () => append(bytes.subarray(0, bytes.length >> 1))
        ),
      sync: this.#operate("sync", path, () => {
        if (node.kind === "file") node.synced = node.now
        else node.synced = new Map(node.now)
      })
    }
  }

  readonly fileSystem: FileSystem.FileSystem = FileSystem.makeNoop({
    exists: (path) => this.#operate("exists", path, () => this.#find(path) !== undefined),
    stat: (path) =>
      this.#operate("stat", path, () => {
        const node = this.#find(path)
        if (node === undefined) throw failure("stat", path, "NotFound")
        return infoOf(node)
      }),
    makeDirectory: (path) =>
      this.#operate("makeDirectory", path, () => {
        let node = this.#root
        for (const part of this.#parts(path)) {
          const next = node.now.get(part) ?? folder()
          if (next.kind === "file") throw failure("makeDirectory", path, "AlreadyExists")
          node.now.set(part, next)
          node = next
        }
      }),
    readDirectory: (path) =>
      this.#operate("readDirectory", path, () => {
        const node = this.#find(path)
        if (node?.kind !== "folder") throw failure("readDirectory", path, "NotFound")
        return [...node.now.keys()]
      }),
    readFileString: (path) =>
      this.#operate("readFile", path, () => {
        const node = this.#find(path)
        if (node?.kind !== "file") throw failure("readFile", path, "NotFound")
        return new TextDecoder().decode(node.now)
      }),
    writeFileString: (path, text, options) =>
      Effect.andThen(
        this.#operate("create", path, () => this.#open(path, options?.flag ?? "w")),
        (node) => this.#handle(path, node).writeAll(utf8.encode(text))
      ),
    open: (path, options) =>
      this.#operate("open", path, () => this.#handle(path, this.#open(path, options?.flag ?? "r"))),
    rename: (from, to) =>
      this.#operate("rename", to, () => {
        const source = this.#place(from, "rename")
        const target = this.#place(to, "rename")
        const node = source.parent.now.get(source.name)
        if (node === undefined) throw failure("rename", from, "NotFound")
        source.parent.now.delete(source.name)
        target.parent.now.set(target.name, node)
      }),
    remove: (path) =>
      this.#operate("remove", path, () => {
        const { parent, name } = this.#place(path, "remove")
        if (!parent.now.delete(name)) throw failure("remove", path, "NotFound")
      })
  })
}

const restored = (node: Node, survivors: Survivors): Node => {
  if (node.kind === "file") {
    const bytes = survivors.contents === "now" ? node.now : node.synced
    return { kind: "file", now: bytes, synced: bytes }
  }
  const children = [...(survivors.names === "now" ? node.now : node.synced)].map(
    ([name, child]) => [name, restored(child, survivors)] as const
  )
  return { kind: "folder", now: new Map(children), synced: new Map(children) }
}
