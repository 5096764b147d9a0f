/** The operators' surface (`/api/v1/admin`), behind Basic authentication against the backend's own accounts. */
import { HttpApi } from "effect/http-api"
import { AdminAccountsGroup } from "./admin/AdminAccounts.ts"
import { AdminMutation } from "./admin/AdminMutation.ts"
import { AdminApplicationsGroup } from "./admin/Applications.ts"
import { AdminAuditGroup } from "./admin/Audit.ts"
import { AdminBackendsGroup } from "./admin/Backends.ts"
import { AdminDiagnosticsGroup } from "./admin/Diagnostics.ts"
import { AdminBlockedAddressesGroup } from "./admin/BlockedAddresses.ts"
import { AdminEngineHostsGroup } from "./admin/EngineHosts.ts"
import { AdminEngineVersionsGroup } from "./admin/EngineVersions.ts"
import { AdminGamesGroup } from "./admin/Games.ts"
import { AdminGeoGroup } from "./admin/Geo.ts"
import { AdminMailGroup } from "./admin/Mail.ts"
import { AdminNotificationsGroup } from "./admin/Notifications.ts"
import { AdminRuntimesGroup } from "./admin/Runtimes.ts"
import { AdminUserEndsGroup, AdminUserSessionsGroup } from "./admin/UserEnds.ts"
import { AdminUsersGroup } from "./admin/Users.ts"
import { AdminIdentity } from "./Identity.ts"
import { InputErrors } from "./InputErrors.ts"

/**
 * The whole admin surface. `AdminIdentity` and `InputErrors` guard every route; `AdminMutation` runs every mutation in
 * one transaction with its audit row. Each mutation has a dry run as well (`admin/DryRun`).
 */
export class AdminApi extends HttpApi.make("admin")
  .add(AdminAccountsGroup, AdminDiagnosticsGroup, AdminBackendsGroup)
  .add(AdminAuditGroup, AdminEngineVersionsGroup, AdminEngineHostsGroup, AdminRuntimesGroup)
  .add(AdminGamesGroup)
  .add(AdminUsersGroup)
  .add(AdminUserEndsGroup, AdminUserSessionsGroup)
  .add(AdminApplicationsGroup)
  .add(AdminBlockedAddressesGroup)
  .add(AdminMailGroup, AdminNotificationsGroup, AdminGeoGroup)
  .middleware(AdminMutation)
  .middleware(AdminIdentity)
  .middleware(InputErrors) {}
