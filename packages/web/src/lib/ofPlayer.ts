/** Stores that outlive their page: whoever comes back sees them at once, as they were, and then anew. */
import type { Player } from "../core/session/Session.ts"

/** What `make` makes, once for each session. */
export const ofPlayer = <A>(make: (me: Player) => A): ((me: Player) => A) => {
  const made = new WeakMap<Player, A>()
  return (me) => {
    const known = made.get(me) ?? make(me)
    made.set(me, known)
    return known
  }
}
