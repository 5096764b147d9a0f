import * as Toasts from "@galaxy/web/core/toasts"
import { expect, it } from "vitest"

const toast = (key: string, gameId?: string): Toasts.Toast => ({
  key,
  title: key,
  kind: "news",
  ...(gameId === undefined ? {} : { gameId })
})

it("shows three at most, and one of a key", () => {
  const toasts = Toasts.make()
  for (const key of ["a", "b", "a", "c", "d"]) toasts.show(toast(key))
  expect(toasts.shown.get().map(({ key }) => key)).toEqual(["a", "c", "d"])
  toasts.dismiss("c")
  expect(toasts.shown.get().map(({ key }) => key)).toEqual(["a", "d"])
})

it("dismisses the toasts about a game that is open now, and no others", () => {
  const toasts = Toasts.make()
  for (const it of [toast("a"), toast("b", "g1"), toast("c", "g2")]) toasts.show(it)
  let changes = 0
  toasts.shown.subscribe(() => changes++)
  toasts.dismissOf((gameId) => gameId === "g1")
  toasts.dismissOf((gameId) => gameId === "g1")
  expect(toasts.shown.get().map(({ key }) => key)).toEqual(["a", "c"])
  expect(changes).toBe(1)
})
