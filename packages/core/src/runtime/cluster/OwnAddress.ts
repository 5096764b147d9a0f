/** Where the other backends reach this one. */
import { Context } from "effect"

/** As the cluster's table has it; undefined where this backend is alone. A host with several backends provides it beside its `Sharding`. */
export const OwnAddress = Context.Reference<string | undefined>("@galaxy/core/runtime/cluster/OwnAddress", {
  defaultValue: () => undefined
})
