/** Who may call the user process. */
import type { Callers } from "@galaxy/core/http/Callers"
import { Redacted } from "effect"
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"

type Required = Values<typeof settings.groups.user.userServiceRequired>

/** Undefined where the settings name nobody. */
export const callersOf = ({ internalToken, trustedNetwork }: Required): Callers | undefined => {
  if (internalToken !== undefined) return { gatewayToken: Redacted.make(internalToken) }
  return trustedNetwork ? { trustedNetwork: true } : undefined
}

/** What is wrong where they name nobody, in one line. */
export const callersProblem = (values: Required): string | undefined =>
  callersOf(values) === undefined
    ? "USERSERVICE_INTERNAL_TOKEN: must be set, unless USERSERVICE_TRUSTED_NETWORK is true"
    : undefined
