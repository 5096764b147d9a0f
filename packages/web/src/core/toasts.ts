/** What has just happened, told once and at most three at a time. */
import { make as makeStore, type Readable } from "./Store.ts"

export interface Toast {
  /** One with the same key takes the place of an earlier one. */
  readonly key: string
  readonly title: string
  readonly text?: string
  /** `harm` is read out at once by a screen reader, `news` when there is a pause. */
  readonly kind: "news" | "harm"
  /** The game that it tells of. It goes when that game is opened. */
  readonly gameId?: string
  /** One that has something to do stays until it is dismissed. */
  readonly action?: { readonly label: string; readonly run: () => void }
}

export interface Toasts {
  readonly shown: Readable<ReadonlyArray<Toast>>
  readonly show: (toast: Toast) => void
  readonly dismiss: (key: string) => void
  /** Dismisses all that tell of games of which this is true. */
  readonly dismissOf: (isSeen: (gameId: string) => boolean) => void
}

const most = 3

export const make = (): Toasts => {
  const shown = makeStore<ReadonlyArray<Toast>>([])
  return {
    shown,
    show: (toast) => shown.update((now) => [...now.filter((it) => it.key !== toast.key), toast].slice(-most)),
    dismiss: (key) => shown.update((now) => now.filter((it) => it.key !== key)),
    dismissOf: (isSeen) => {
      const left = shown.get().filter(({ gameId }) => gameId === undefined || !isSeen(gameId))
      if (left.length < shown.get().length) shown.set(left)
    }
  }
}
