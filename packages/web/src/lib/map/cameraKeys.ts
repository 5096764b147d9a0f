/** What keys do to the camera and to what is chosen. */
import { neighbour, ownAfter } from "../../core/map/find.ts"
import type { MapAction } from "../../core/map/keys.ts"
import type { Scene, Spot } from "../../core/map/scene.ts"
import type { Cameraman } from "./cameraman.ts"

/** Pixels that a press of an arrow moves the map. */
const panStep = 90

const directions = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] } as const

/** Does what a key asks; `from` is the planet from which one goes on. Returns whether it did. */
export const onCameraKey = (
  action: MapAction,
  cameraman: Cameraman,
  scene: Scene,
  from: Spot | undefined,
  go: (spot: Spot | undefined) => void
): boolean => {
  switch (action._tag) {
    case "pan": {
      const [dx, dy] = directions[action.direction]
      cameraman.pan(dx * panStep, dy * panStep)
      return true
    }
    case "neighbour":
      go(from === undefined ? scene.home : neighbour(scene, from, action.direction))
      return true
    case "own":
      go(ownAfter(scene, from?.number, action.step))
      return true
    case "zoom":
      cameraman.zoom(action.step)
      return true
    case "whole":
      cameraman.whole()
      return true
    case "home":
      cameraman.home()
      return true
    default:
      return false
  }
}
