/** All scenarios, in the order in which they are played. */
import { account } from "./account.ts"
import { admins } from "./admins.ts"
import { antiReplay } from "./antiReplay.ts"
import { privateGame, publicGame } from "./lobby.ts"
import { mail } from "./mail.ts"
import { notification } from "./notification.ts"
import { operators } from "./operators.ts"
import { registration } from "./registration.ts"
import { revocation } from "./revocation.ts"
import type { Scenario } from "./Scenario.ts"
import { softDelete } from "./softDelete.ts"
import { takeover } from "./takeover.ts"

export const scenarios: ReadonlyArray<Scenario> = [
  registration,
  account,
  privateGame,
  publicGame,
  mail,
  notification,
  admins,
  softDelete,
  revocation,
  antiReplay,
  takeover,
  operators
]
