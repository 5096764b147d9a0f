/** The id of the request that is being handled, for audit rows and logs. */
import { Context } from "effect"

/** The `X-Request-Id` that the answer will carry; empty outside of a request. */
export const RequestId = Context.Reference<string>("@galaxy/core/shared/http/RequestId", { defaultValue: () => "" })
