/**
 * The closed catalogue of notification kinds: a row for each kind, with its payload, channels and the words of its mail.
 *
 * A new kind is a new line of `EventKinds`, which says who is told by which channel, and a row here. The compiler asks
 * for a row for each kind, and for the words of each mail in every language.
 */
import {
  type EventKind,
  isEventKind,
  type NotificationKind,
  type OperatorKind,
  operatorKinds as operators,
  type PlayerMailKind
} from "@galaxy/contract/events/EventKinds"
import { gameKinds, userKinds } from "./catalog/gameKinds.ts"
import type { Kind, KindMail } from "./catalog/Kind.ts"
import { lobbyKinds } from "./catalog/lobbyKinds.ts"
import { operatorKinds } from "./catalog/operatorKinds.ts"
import { raceNameKinds } from "./catalog/raceNameKinds.ts"

type Mailed = PlayerMailKind | OperatorKind

/** What the compiler checks of a row: kinds that are mailed have words, the others have none. */
type Row<K extends NotificationKind> = {
  readonly payload: unknown
} & (K extends Mailed ? { readonly mail: object } : { readonly mail?: never })

/** All kinds by name. */
export const kinds = {
  ...lobbyKinds,
  ...raceNameKinds,
  ...gameKinds,
  ...userKinds,
  ...operatorKinds
} as const satisfies { readonly [K in NotificationKind]: Row<K> }

/** A row of the catalogue with its channels. */
export interface CatalogRow extends Kind<never> {
  /** Players get it as an event, which is stored for them and numbered. */
  readonly event: EventKind | undefined
  /** Absent if the kind has no mail. */
  readonly mail?: KindMail<never>
  /** Whom the mail goes to: the recipients, or the operators' address. */
  readonly mailTo: "recipients" | "operators"
}

const isOperators = (name: string): name is OperatorKind => (operators as ReadonlyArray<string>).includes(name)

/** The row of a kind; undefined for an unknown name, since a producer may have been built from another version. */
export const find = (name: string): CatalogRow | undefined => {
  if (!Object.hasOwn(kinds, name)) return undefined
  const row = kinds[name as NotificationKind] as unknown as Kind<never> & { readonly mail?: KindMail<never> }
  return {
    ...row,
    event: isEventKind(name) ? name : undefined,
    mailTo: isOperators(name) ? "operators" : "recipients"
  }
}
