/** How a write is refused whose row has changed. */
import { Schema } from "effect"

/** Another owner has written the row since it was read. Whoever gets this must stop working on the game. */
export class RuntimeStale extends Schema.TaggedError<RuntimeStale>()("RuntimeStale", {}) {}
