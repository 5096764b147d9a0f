/**
 * Every operation of the admin surface and its command. A missing operation doesn't compile here, an invented one
 * doesn't where it is written.
 */
import { applications } from "./applications.ts"
import { audit } from "./audit.ts"
import { backends } from "./backends.ts"
import { gameSteps } from "./gameSteps.ts"
import { games } from "./games.ts"
import { hosts } from "./hosts.ts"
import { platform } from "./platform.ts"
import { runtimes } from "./runtimes.ts"
import type { AnySpec, CommandSpec, Operation } from "./types.ts"
import { users } from "./users.ts"

/** The table, by operation. */
export const operations = {
  ...platform,
  ...users,
  ...games,
  ...gameSteps,
  ...applications,
  ...runtimes,
  ...hosts,
  ...backends,
  ...audit
} satisfies {
  readonly [O in Operation]: CommandSpec<O>
}

/** The same table for code that treats all operations alike. */
export const specOf = (operation: Operation): AnySpec => operations[operation]
