/**
 * What a container says about itself: whose it is, and which run of which game's engine.
 *
 * One name per game makes the daemon the lock: of two that create a game's container at once, one is refused.
 */
import { GameId } from "@galaxy/contract/ids/Ids"
import type { Identity } from "@galaxy/core/engine/Incarnation"
import { Option, Schema } from "effect"

/** Whose containers these are. */
export interface Owner extends Identity {
  /** Chosen by the operator. Containers of others on the same daemon are never touched. */
  readonly installation: string
}

/** Which incarnation it is can't be found out now. */
export class OwnerUnknown extends Schema.TaggedError<OwnerUnknown>()("OwnerUnknown", { reason: Schema.String }) {
  override get message(): string {
    return this.reason
  }
}

/** One run of one game's engine. */
export interface Run {
  readonly gameId: GameId
  readonly epoch: number
}

const decodeGame = Schema.decodeUnknownOption(GameId)

/** Name of the game's container, and of the volume that keeps its state where the host does. */
export const nameOf = (installation: string, gameId: GameId): string => `galaxy-${installation}-${gameId}`

/** Of everything that belongs to an installation. */
export const installationLabels = (installation: string): ReadonlyArray<string> => [
  "galaxy.backend=1",
  `galaxy.installation=${installation}`
]

/** Of everything that belongs to one of its games. */
export const gameLabels = (installation: string, gameId: GameId): ReadonlyArray<string> => [
  ...installationLabels(installation),
  `galaxy.game=${gameId}`
]

/** The labels of a run. */
export const labelsOf = (owner: Owner, { epoch, gameId }: Run, version = "-"): Readonly<Record<string, string>> => ({
  "galaxy.backend": "1",
  "galaxy.installation": owner.installation,
  "galaxy.platform": owner.platform,
  "galaxy.incarnation": owner.incarnation,
  "galaxy.game": gameId,
  "galaxy.epoch": `${epoch}`,
  "galaxy.version": version
})

type Labels = Readonly<Record<string, string>> | null

/** Which run it is; none where the labels don't say, or where it belongs to another installation. */
export const runOf = (owner: Pick<Owner, "installation">, labels: Labels): Option.Option<Run> => {
  if (labels?.["galaxy.installation"] !== owner.installation) return Option.none()
  const epoch = Number(labels["galaxy.epoch"])
  if (!Number.isSafeInteger(epoch) || epoch < 0) return Option.none()
  return Option.map(decodeGame(labels["galaxy.game"]), (gameId) => ({ gameId, epoch }))
}

const memorial = "galaxy.over"

/** Says that the run of the other labels is over. */
export const memorialLabel: Readonly<Record<string, string>> = { [memorial]: "1" }

/** Whether a container is there only to say that its run is over. */
export const isMemorial = (labels: Labels): boolean => labels?.[memorial] !== undefined

/** Whether it was made under the present incarnation. */
export const isCurrent = (owner: Owner, labels: Labels): boolean => labels?.["galaxy.incarnation"] === owner.incarnation

/**
 * Whether it is this platform's, of whichever incarnation, and not that of another one of the same installation name. Before
 * there were such labels, the incarnation alone told.
 */
export const isOwn = (owner: Owner, labels: Labels): boolean =>
  labels?.["galaxy.platform"] === owner.platform || isCurrent(owner, labels)
