/** An invite as one of its sides sees it. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { DateTime } from "effect"
import type { StoredInvite } from "./InviteStore.ts"

/**
 * What the viewer may see: only the issuer gets the code, and a pending invite past its expiry shows as expired even if
 * no step has marked it yet.
 */
export const shown = (invite: StoredInvite, viewer: UserId, now: DateTime.Utc): StoredInvite => {
  const { code, ...open } = invite
  const over = invite.status === "pending" && !DateTime.isLessThan(now, invite.expires_at)
  return {
    ...open,
    ...(over ? { status: "expired" } : {}),
    ...(code !== undefined && invite.issuer_user_id === viewer ? { code } : {})
  }
}
