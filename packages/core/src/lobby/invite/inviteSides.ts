/** Who may do something with an invite: its issuer, its recipient, or whoever has its code. */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import * as InviteCode from "./InviteCode.ts"
import { InviteNotFound, NotYourInvite } from "./InviteError.ts"
import type { StoredInvite } from "./InviteStore.ts"

/** Passes for the user the invite is bound to, or for who knows its code. */
export const holder = (caller: UserId, code: string | undefined) => (invite: StoredInvite) => {
  const holds =
    invite.code === undefined
      ? invite.invited_user_id === caller
      : code !== undefined && InviteCode.matches(invite.code, code)
  return holds ? Effect.void : Effect.fail(new InviteNotFound())
}

/**
 * Passes for one side of the invite. The other side gets `NotYourInvite`, since it knows of the invite; everybody else
 * gets `InviteNotFound`.
 */
export const side =
  (caller: UserId, actor: "issuer" | "recipient") =>
  (invite: StoredInvite): Effect.Effect<void, NotYourInvite | InviteNotFound> => {
    const sides = { issuer: invite.issuer_user_id, recipient: invite.invited_user_id }
    if (sides[actor] === caller) return Effect.void
    const involved = sides.issuer === caller || sides.recipient === caller
    return Effect.fail(involved ? new NotYourInvite({ actor }) : new InviteNotFound())
  }
