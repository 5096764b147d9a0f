/** What the facts of `/api/v1/admin/diagnostics` mean to operators: each part in a sentence, with what to do about it. */
import type { Diagnostics, Finding } from "@galaxy/contract/api/admin/Diagnostics"
import { DateTime } from "effect"
import { check, databaseFindings } from "./databaseFindings.ts"
import { engineFindings } from "./engineFindings.ts"

type Facts = Omit<typeof Diagnostics.Type, "findings">
type OneFinding = typeof Finding.Type

/** A mail or a turn that is due for longer isn't just waiting for the next poll. */
const lateSeconds = 120

/** Below this share a disk counts as nearly full, unless this many bytes are free all the same. */
const lowShare = 0.1
const enoughBytes = 10 * 1_073_741_824
/** Below this many bytes the next turn may find no room. */
const nextToNothing = 256 * 1_048_576

const lateBy = (facts: Facts, due: DateTime.Utc | undefined): number =>
  due === undefined
    ? 0
    : Math.max(0, Math.round((DateTime.toEpochMillis(facts.at) - DateTime.toEpochMillis(due)) / 1_000))

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`

const workers = ({ workers: all }: Facts): OneFinding => {
  const stalled = all.filter((it) => it.stalled)
  return check(
    "workers",
    all.length === 0
      ? "No background worker runs in this process."
      : `All ${all.length} background workers complete their passes.`,
    stalled.length === 0
      ? undefined
      : {
          state: "problem",
          message: `Without a completed pass for too long: ${stalled.map((it) => `${it.name} (${it.seconds_since_pass} s)`).join(", ")}.`,
          help: "The backend's log says why, with the worker's name as `loop`. If the database is well, restart the backend."
        }
  )
}

/** Nothing is said where a backend is alone by its settings. */
const backends = ({ backends: all }: Facts): ReadonlyArray<OneFinding> => {
  const lost = all.filter((it) => !it.healthy)
  if (all.length === 0) return []
  const releases = new Set(all.flatMap((it) => (it.healthy && it.release !== undefined ? [it.release] : [])))
  const mixed = check("backends.release", "", {
    state: "warning",
    message: `The backends are of different releases: ${all.flatMap((it) => (it.release === undefined ? [] : [`${it.address} of ${it.release}`])).join(", ")}.`,
    help: "That is usual during an upgrade. Restart the older ones with the newer release, one by one."
  })
  const contested = all.filter((it) => it.contested === true)
  const doubled = check("backends.address", "", {
    state: "problem",
    message: `Two backends say that they are at ${contested.map((it) => it.address).join(", ")}.`,
    help: "Give each backend a BACKEND_CLUSTER_ADDR of its own: where the others reach it. Calls to games wait in vain at one of the two."
  })
  return [
    ...(contested.length > 0 ? [doubled] : []),
    ...(releases.size > 1 ? [mixed] : []),
    check(
      "backends",
      `${plural(all.length, "backend")} share the games, and all of them are healthy.`,
      lost.length === 0
        ? undefined
        : {
            state: "warning",
            message: `Of ${plural(all.length, "backend")} these are lost: ${lost.map((it) => `${it.address} since ${DateTime.formatIso(it.heartbeat_at)}`).join(", ")}.`,
            help: "Their games are owned by others now. Start it again, or see what keeps the others from reaching it at that address. One that is gone for good is named until another backend is restarted."
          }
    )
  ]
}

const relay = ({ mail }: Facts): OneFinding =>
  check(
    "mail.relay",
    "The mail relay takes mails.",
    mail.relay.state === "ok"
      ? undefined
      : mail.relay.state === "unknown"
        ? { state: "unknown", message: "Whether the mail relay takes mails can't be found out here." }
        : {
            state: "problem",
            message: `The mail relay can't be used: ${mail.relay.reason ?? "it doesn't say why"}.`,
            help: "Check BACKEND_SMTP_URL and the relay. Mails wait in the database and are sent once it works; codes to sign in expire meanwhile."
          }
  )

const mails = (facts: Facts): OneFinding => {
  const late = lateBy(facts, facts.mail.oldest_due_at)
  return check(
    "mail.outbox",
    facts.mail.pending === 0
      ? "No mail waits to be sent."
      : `${plural(facts.mail.pending, "mail")} wait to be sent, none for long.`,
    late <= lateSeconds
      ? undefined
      : {
          state: "warning",
          message: `${plural(facts.mail.pending, "mail")} wait to be sent; the oldest has been due for ${late} s.`,
          help: "`galaxy-admin mail list --status retrying` shows them, and `mail attempts ID` how the relay answered."
        }
  )
}

const deadLetters = ({ mail, notifications }: Facts): OneFinding => {
  const kinds: ReadonlyArray<readonly [number, string]> = [
    [mail.dead_lettered, "mail"],
    [notifications.dead_letters, "notification"],
    [notifications.malformed, "malformed notification"]
  ]
  const found = kinds.filter(([count]) => count > 0).map(([count, what]) => plural(count, what))
  return check(
    "dead_letters",
    "Nothing was given up.",
    found.length === 0
      ? undefined
      : {
          state: "warning",
          message: `Given up: ${found.join(", ")}.`,
          help: "`galaxy-admin mail dead`, `notification dead` and `notification malformed` list them; `mail resend ID` tries a mail again."
        }
  )
}

const accountEnds = ({ account_ends_open: open }: Facts): OneFinding =>
  check(
    "account_ends",
    "No end of an account waits.",
    open === 0
      ? undefined
      : {
          state: "warning",
          message: `${plural(open, "end")} of accounts will be run again, which is usual within a minute of a deletion or a block.`,
          help: "If the number stays, the backend's log says which step fails."
        }
  )

const turns = (facts: Facts): OneFinding => {
  const late = lateBy(facts, facts.oldest_due_turn_at)
  return check(
    "turns",
    "No turn is overdue.",
    late <= lateSeconds
      ? undefined
      : {
          state: "problem",
          message: `A turn has been due for ${late} s and isn't being made.`,
          help: "`galaxy-admin game list --status running` shows when turns are due, and `galaxy-admin why GAME` what keeps one of them."
        }
  )
}

const failedGames = ({ runtimes }: Facts): OneFinding => {
  const failed = runtimes.filter((it) => ["generation_failed", "start_failed"].includes(it.status) && it.games > 0)
  return check(
    "games",
    "No game has failed.",
    failed.length === 0
      ? undefined
      : {
          state: "problem",
          message: `Games that need an operator: ${failed.map((it) => `${it.games} ${it.status}`).join(", ")}.`,
          help: "`galaxy-admin game list --status start_failed`, or `--status running --wide` for turns, finds them; `galaxy-admin why GAME` says what has failed and what to do about it."
        }
  )
}

const gib = (bytes: number): string => `${(bytes / 1_073_741_824).toFixed(1)} GiB`

const disks = ({ disks: all }: Facts): ReadonlyArray<OneFinding> =>
  all.map((it) => {
    const low = it.free_bytes < it.total_bytes * lowShare && it.free_bytes < enoughBytes
    const id = `disk.${it.name.replaceAll(/[^a-z]+/g, "_")}`
    const free = `${gib(it.free_bytes)} of ${gib(it.total_bytes)} are free for ${it.name}.`
    return check(
      id,
      free,
      low
        ? {
            state: it.free_bytes < nextToNothing ? "problem" : "warning",
            message: `The disk is nearly full: ${free}`,
            help: "Make room before turns can't be stored any more. Nothing is lost when it is full, but games stand still."
          }
        : undefined
    )
  })

/** All findings, in the order in which an operator should read them. */
export const findings = (facts: Facts): ReadonlyArray<OneFinding> => [
  ...databaseFindings(
    facts.database,
    facts.database.writable ? undefined : (facts.database.trouble ?? "refusing writes")
  ),
  workers(facts),
  ...backends(facts),
  turns(facts),
  failedGames(facts),
  ...engineFindings(facts),
  relay(facts),
  mails(facts),
  deadLetters(facts),
  accountEnds(facts),
  ...disks(facts)
]
