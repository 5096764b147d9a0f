/** The line that ends a stream: a stream has exactly one, so that one that was cut can be told. */
import { Context } from "effect"

/** Whether the run's stream has been ended by a result; an error that comes then is told on standard error alone. */
export const Closing = Context.Reference<{ written: boolean }>("galaxy-admin/Closing", {
  defaultValue: () => ({ written: false })
})
