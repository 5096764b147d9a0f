/**
 * Recognises trouble of the database itself, by the SQLSTATE of its refusal.
 *
 * The same work can succeed when it is retried later. Any other refusal means that the statement is at fault.
 */

/** States and classes of states (two characters), each in words for operators. */
const troubles: Readonly<Record<string, string>> = {
  "08": "not reachable",
  "25006": "read-only",
  "25P03": "ending connections",
  "25P04": "ending connections",
  "40001": "busy",
  "40P01": "busy",
  "53": "out of resources",
  "53100": "out of disk space",
  "53200": "out of memory",
  "53300": "out of connections",
  "53400": "at a configured limit",
  "55P03": "busy",
  "57014": "too slow",
  "57P01": "shutting down",
  "57P02": "shutting down",
  "57P03": "not accepting connections",
  "57P04": "dropped",
  "57P05": "ending connections",
  "58": "failing to read or write its files"
}

const read = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined

/** The database's trouble according to a failed statement; undefined if the statement is at fault. */
export const databaseTrouble = (failure: unknown): string | undefined => {
  const reason = read(failure, "reason")
  const state = read(read(reason, "cause"), "code")
  const known = typeof state === "string" ? (troubles[state] ?? troubles[state.slice(0, 2)]) : undefined
  if (known !== undefined) return known
  // A server that refuses connections for any reason, such as a changed password, counts as not reachable.
  if (read(reason, "_tag") === "ConnectionError" || read(reason, "operation") === "connect") return "not reachable"
  return read(reason, "isRetryable") === true ? "busy" : undefined
}
