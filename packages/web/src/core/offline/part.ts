/** A part of the program, as the service worker answers with it: from what is kept, or from the network. */

/** What the answer needs of a browser. `keep` and `find` may reject: a disk is full, or a storage is broken. */
export interface Ports {
  readonly find: () => Promise<Response | undefined>
  readonly load: () => Promise<Response>
  readonly keep: (response: Response) => Promise<void>
  /** Something that goes on after the answer. */
  readonly goesOn: (work: Promise<void>) => void
}

/** Rejects only where the part is not kept and the network fails. Keeping it holds nobody up, nor does its failure. */
export const answerPart = async ({ find, load, keep, goesOn }: Ports): Promise<Response> => {
  const kept = await find().catch(() => undefined)
  if (kept !== undefined) return kept
  const response = await load()
  if (response.ok) goesOn(keep(response.clone()).catch(() => undefined))
  return response
}
