/** Notifications: an invite reaches the player's stream at once, and their mailbox. */
import { assert } from "@effect/vitest"
import type * as AdminNotifications from "@galaxy/contract/api/admin/Notifications"
import { Effect } from "effect"
import { openGame } from "../stack/games.ts"
import { mailTo } from "../stack/mails.ts"
import { untilIt } from "../stack/patience.ts"
import { listen, signIn } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

type List = typeof AdminNotifications.NotificationList.Encoded
type Detail = typeof AdminNotifications.NotificationDetail.Encoded

export const notification: Scenario = {
  shows: "notification: an invite is an event at the player's gateway, and a mail",
  story: Effect.gen(function* () {
    const { admin } = yield* Stack
    const owner = yield* signIn("Nadia", 0)
    const invited = yield* signIn("Nestor", 1)
    const events = yield* listen(invited)
    const game_id = yield* openGame(owner, "Notus")
    const { invite_id } = yield* owner.client.call("lobby.invites.issue", { game_id, invited_user_id: invited.userId })

    const { payload } = yield* events.next("lobby.invite.received")
    assert.deepInclude(payload, { game_id, invite_id, game_name: "Notus" })
    yield* mailTo(invited.email, "an invite", (mail) => mail.text.includes("Notus"))

    const { notifications } = yield* admin.get<List>(
      `/notifications?kind=lobby.invite.received&user_id=${invited.userId}`
    )
    assert.lengthOf(notifications, 1)
    const told = yield* untilIt(
      "both routes of the notification",
      admin.get<Detail>(`/notifications/${notifications[0]?.notification_id}`),
      ({ routes }) => routes.length === 2
    )
    assert.sameDeepMembers(
      told.routes.map((it) => [it.channel, it.status, it.user_id]),
      [
        ["push", "published", invited.userId],
        ["email", "enqueued", invited.userId]
      ]
    )
  })
}
