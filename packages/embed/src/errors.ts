/** What goes wrong outside of a request: a Galaxy that can't start, and calls of one that is closed. */

/**
 * Why a Galaxy didn't start. `invalid_options`: an option is missing or wrong. `database_unreachable`: nobody answers
 * there, or the credentials are refused. `database_in_use`: another backend works on this database. `database_refused`:
 * the database answers but can't be brought up to date. `failed`: anything else, with its `cause`.
 */
export type StartFailure =
  | "invalid_options"
  | "database_unreachable"
  | "database_in_use"
  | "database_refused"
  | "port_unavailable"
  | "failed"

/** `createGalaxy` or `createGateway` rejects with it, once, and has released everything by then. */
export class GalaxyStartFailed extends Error {
  override readonly name = "GalaxyStartFailed"
  readonly code: StartFailure

  /** The message says what to do; it never holds a secret of the options. */
  constructor(code: StartFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The Galaxy has been closed, or is closing. */
export class GalaxyClosed extends Error {
  override readonly name = "GalaxyClosed"

  constructor() {
    super("this Galaxy is closed")
  }
}
