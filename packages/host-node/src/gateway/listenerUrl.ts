/** Where a gateway listens, for people and programs on its machine. */
import { Effect } from "effect"
import { urlHostOf } from "../http/hosts.ts"

/** The address for clients on this machine. */
export const urlOf = ({ host, tls }: { readonly host: string; readonly tls?: unknown }, port: number): string =>
  `${tls === undefined ? "http" : "https"}://${urlHostOf(host)}:${port}`

/** Logs where clients connect, and whether they find the page there. */
export const listens = (url: string, page: boolean): Effect.Effect<void> =>
  Effect.logInfo("gateway listens").pipe(Effect.annotateLogs({ url, page }))
