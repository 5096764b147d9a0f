/** A story that is played on the platform from outside: what it shows, and how. */
import type { Effect, Scope } from "effect"
import type { Stack } from "../stack/Stack.ts"

/** One scenario. It makes players and games of its own, and leaves the platform as others need it. */
export interface Scenario {
  readonly shows: string
  readonly story: Effect.Effect<void, unknown, Stack | Scope.Scope>
}
