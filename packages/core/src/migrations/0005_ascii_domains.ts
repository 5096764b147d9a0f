/**
 * Addresses with their domain in ASCII form, the form in which sign-in looks them up: one mailbox is one account.
 *
 * If two accounts turn out to belong to one mailbox, both are kept and one gets the address: a blocked one, so that no
 * block is evaded; else one that isn't deleted; else the older one. The others keep a spelling that nobody signs in
 * with any more: their own, or that of the account which took theirs. An address that isn't valid by today's rules is
 * left unchanged.
 */
import { normalForm } from "@galaxy/contract/api/EmailAddress"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

interface Account {
  readonly id: string
  readonly email: string
  readonly blocked: boolean
  readonly deleted: boolean
  readonly createdAt: Date
}

const byPrecedence = (a: Account, b: Account): number =>
  Number(b.blocked) - Number(a.blocked) ||
  Number(a.deleted) - Number(b.deleted) ||
  a.createdAt.getTime() - b.createdAt.getTime() ||
  (a.id < b.id ? -1 : 1)

/** Non-ASCII spellings that have another normal form, with that form; invalid addresses are left out. */
const respelled = (emails: ReadonlyArray<string>) =>
  emails.flatMap((email) => {
    const normal = normalForm(email)
    return normal === undefined || normal === email ? [] : [{ email, normal }]
  })

const beyondAscii = "[^ -~]"

/**
 * Rewrites blocked addresses, accounts, challenges and mail recipients. Logs a warning for each mailbox that had
 * several accounts.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  /** Rewrites a column in which an address may occur any number of times. */
  const rewrite = Effect.fnUntraced(function* (table: string, column: string) {
    const [name, of] = [sql(table), sql(column)]
    const rows = yield* sql<{ email: string }>`SELECT DISTINCT ${of} AS email FROM ${name} WHERE ${of} ~ ${beyondAscii}`
    for (const { email, normal } of respelled(rows.map((it) => it.email))) {
      yield* sql`UPDATE ${name} SET ${of} = ${normal} WHERE ${of} = ${email}`
    }
  })

  const blocked = yield* sql<{ email: string }>`SELECT email FROM backend.blocked_emails WHERE email ~ ${beyondAscii}`
  for (const { email, normal } of respelled(blocked.map((it) => it.email))) {
    yield* sql`
      INSERT INTO backend.blocked_emails (email, blocked_at, reason, created_at)
      SELECT ${normal}, blocked_at, reason, created_at FROM backend.blocked_emails WHERE email = ${email}
      ON CONFLICT (email) DO NOTHING`
    yield* sql`DELETE FROM backend.blocked_emails WHERE email = ${email}`
  }

  const accounts = yield* sql<{ email: string }>`SELECT email FROM backend.accounts WHERE email ~ ${beyondAscii}`
  const spellings = respelled(accounts.map((it) => it.email))
  for (const normal of new Set(spellings.map((it) => it.normal))) {
    const group = spellings.filter((it) => it.normal === normal)
    const [owner, ...others] = (yield* sql<Account>`
      SELECT user_id AS id, email, permanent_block AS blocked, deleted_at IS NOT NULL AS deleted,
        created_at AS "createdAt"
      FROM backend.accounts WHERE email IN ${sql.in([normal, ...group.map((it) => it.email)])}`).toSorted(byPrecedence)
    if (owner === undefined) continue
    if (owner.email !== normal) {
      const holder = others.find((it) => it.email === normal)
      const set = (id: string, email: string) => sql`UPDATE backend.accounts SET email = ${email} WHERE user_id = ${id}`
      // The addresses stay unique at every moment.
      if (holder !== undefined) yield* set(holder.id, `moving ${holder.id}`)
      yield* set(owner.id, normal)
      if (holder !== undefined) yield* set(holder.id, owner.email)
    }
    if (others.length === 0) continue
    yield* Effect.logWarning("accounts of one mailbox: one has the address, the others can't be signed in to").pipe(
      Effect.annotateLogs({ user_id: owner.id, others: others.map((it) => it.id).join(" ") })
    )
  }

  yield* rewrite("backend.auth_challenges", "email")
  yield* rewrite("backend.mail_recipients", "address")
})
