/** The colour of a planet's mark, by what the player wants to see. Colours are tokens of the style sheet. */
import type { Colouring } from "./layers.ts"
import type { Scene, Spot } from "./scene.ts"

/** A token, a mixture of two (`share` of the second, 0 to 1), or both the same. */
export interface Paint {
  readonly token: string
  readonly with: string
  readonly share: number
}

const plain = (token: string): Paint => ({ token, with: token, share: 0 })

const stances = { own: "--mine", war: "--bad", peace: "--info" } as const

/** Turns after which something seen counts as long ago. */
const longAgo = 10

/** Steps of a scale: few enough that they can be told apart. */
const step = (share: number) => Math.round(Math.min(1, Math.max(0, share)) * 5) / 5

/** The colour of a planet. Shapes still tell whose it is. */
export const paintOf = (scene: Pick<Scene, "turn" | "richest">, spot: Spot, colouring: Colouring): Paint => {
  if (spot.kind === "unknown") return plain("--strong")
  switch (colouring) {
    case "race":
      return spot.style === undefined ? plain("--faint") : plain(`--r${spot.style.colour}`)
    case "stance":
      return spot.stance === undefined ? plain("--faint") : plain(stances[spot.stance])
    case "resources":
      return { token: "--strong", with: "--route", share: step((spot.resources ?? 0) / Math.max(1, scene.richest)) }
    case "seen":
      return { token: "--text", with: "--strong", share: step((scene.turn - (spot.seen ?? 0)) / longAgo) }
  }
}
