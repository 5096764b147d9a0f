/** The JSON body of an error for those who only read it. */
import { Schema } from "effect"

/** An error as readers decode it: code and reason are open, so that those of newer versions can be read. */
export const ErrorEnvelope = Schema.Struct({
  error: Schema.Struct({ code: Schema.String, message: Schema.String, reason: Schema.optionalKey(Schema.String) })
})
