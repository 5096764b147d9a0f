/** Errors of the file system, as one sentence that says what would help. */

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined

/** What is wrong with a path, and what to do; `elsewhere` says how to choose another place. */
export const fileProblem = (path: string, cause: unknown, elsewhere: string): string => {
  switch (codeOf(cause)) {
    case "ENOSPC":
    case "EDQUOT":
      return `no space is left on the disk of ${path}; free some and start again`
    case "EROFS":
      return `${path} is on a read-only file system; make it writable or ${elsewhere}`
    case "EACCES":
    case "EPERM":
      return `this user may not read and write ${path}; change its owner or permissions, or ${elsewhere}`
    case "ENOTDIR":
    case "EEXIST":
      return `${path} can't be a folder, because a file is in its place; move that away or ${elsewhere}`
    case "EISDIR":
      return `${path} is a folder where a file should be; move it away`
    case "ENOENT":
      return `${path} is missing and can't be created; ${elsewhere}`
    case "EIO":
      return `the disk of ${path} has failed to read or write; check it, or ${elsewhere}`
    case "EMFILE":
    case "ENFILE":
      return `${path} can't be opened, because too many files are open; raise the limit (ulimit -n)`
    default:
      return `${path} can't be used: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

/** Why a file that the operator has named can't be read. */
export const readProblem = (path: string, cause: unknown): string =>
  codeOf(cause) === "ENOENT" ? `the file ${path} does not exist` : fileProblem(path, cause, "name another file")
