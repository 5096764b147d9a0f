/** Who decided something about an account, and why; kept with the record of it. */

/** Both are kept for good, so neither may be or contain an e-mail address. */
export interface Decision {
  /** An administrator's name, or the name of the service that asked. */
  readonly actor: string
  readonly reason: string
}
