/** Which kinds of events a person wants to be told of at once, kept on this device. */
import { type EventKind, eventTables } from "@galaxy/contract/events/EventKinds"

/** All kinds, in the order in which they are listed. */
export const kinds = Object.keys(eventTables) as ReadonlyArray<EventKind>

/** Where the choice is kept: a text, or nothing. */
export interface TextPlace {
  readonly read: () => string | undefined
  readonly write: (text: string) => void
}

/** The kinds that are off. Whatever isn't a kind of this version stays as it is, since another version may know it. */
export const offOf = (place: TextPlace): ReadonlySet<string> =>
  new Set((place.read() ?? "").split(",").filter((kind) => kind !== ""))

/** Switches a kind on or off, and answers the kinds that are off then. */
export const setShown = (place: TextPlace, kind: string, shown: boolean): ReadonlySet<string> => {
  const off = new Set(offOf(place))
  if (shown) off.delete(kind)
  else off.add(kind)
  place.write([...off].toSorted().join(","))
  return off
}
