/** What a game needs of a browser's storage. Every failure of it means that nothing was kept. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"

/** Reports that were fetched: they never change, so what is here is what the server would answer. */
export interface ReportCache {
  readonly load: (gameId: string, turn: number) => Promise<Report | undefined>
  /** Drops the oldest turns of the game where there are more than its bounds allow. */
  readonly save: (gameId: string, turn: number, report: Report) => Promise<void>
  /** Turns that are kept, ascending. */
  readonly turns: (gameId: string) => Promise<ReadonlyArray<number>>
}

/** The draft of one game as a device keeps it. */
export interface KeptDraft {
  readonly turn: number
  readonly orders: ReadonlyArray<Order>
  /** What the server had when it was last heard: what is in `orders` beyond it hasn't been saved. */
  readonly base: ReadonlyArray<Order>
  readonly revision: number
  readonly unsaved: boolean
}

/** Drafts of one user. */
export interface DraftKeep {
  readonly load: (gameId: string) => Promise<KeptDraft | undefined>
  readonly save: (gameId: string, draft: KeptDraft) => Promise<void>
}

/** What a device remembers of a game besides. */
export interface GameMemory {
  readonly lastViewedTurn: (gameId: string) => Promise<number | undefined>
  /** Never falls: a tab that is behind doesn't set it back. */
  readonly saveLastViewedTurn: (gameId: string, turn: number) => Promise<void>
}

export interface GameStorage {
  readonly reports: ReportCache
  readonly drafts: DraftKeep
  readonly memory: GameMemory
}
