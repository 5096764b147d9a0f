/** Moves the map's camera: at once, or in a short flight where the player hasn't asked for less motion. */
import { type Camera, lookAt, pan, settle, type Viewport, whole, zoomAbout } from "../../core/map/camera.ts"
import type { Scene } from "../../core/map/scene.ts"
import { type Coordinates, near } from "../../core/map/space.ts"

/** What a cameraman needs to know. */
export interface Stage {
  readonly scene: () => Scene
  /** Pixels at the lower edge that something covers. */
  readonly covered: () => number
  /** Where the map begins; where it isn't told, at home. */
  readonly begin: () => Camera | undefined
  readonly moved: (camera: Camera) => void
}

/** Milliseconds of a flight. */
const flightMs = 160
const zoomStep = 1.35
/** Pixels for a light year at which a planet is looked at. */
const closeUp = 8
/** Pixels at the window's edges, and those of the tools above, in which what is chosen isn't seen well. */
const edge = 60
const tools = 110

const wantsStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches

/** A cameraman who waits for the window's size. */
export const makeCameraman = ({ scene, covered, begin, moved }: Stage) => {
  let view: Viewport = { width: 0, height: 0 }
  let camera: Camera | undefined
  let flight = 0

  const show = (next: Camera) => {
    camera = settle(scene().space, view, next)
    moved(camera)
  }
  const stop = () => cancelAnimationFrame(flight)

  const fly = (next: Camera) => {
    stop()
    const from = camera
    if (from === undefined || wantsStill()) return show(next)
    const started = performance.now()
    const { space } = scene()
    const to = { x: near(space, from.x, next.x), y: near(space, from.y, next.y), zoom: next.zoom }
    const step = (now: number) => {
      const share = Math.min(1, Math.max(0, (now - started) / flightMs))
      const eased = 1 - (1 - share) ** 3
      show({
        x: from.x + (to.x - from.x) * eased,
        y: from.y + (to.y - from.y) * eased,
        zoom: from.zoom * (to.zoom / from.zoom) ** eased
      })
      if (share < 1) flight = requestAnimationFrame(step)
    }
    flight = requestAnimationFrame(step)
  }

  const first = (): Camera => {
    const { home, space, spots } = scene()
    const place = home ?? spots[0] ?? { x: space.side / 2, y: space.side / 2 }
    const zoom = Math.min(view.width, 900) / 110
    return begin() ?? { x: place.x, y: place.y, zoom: Math.max(6, Math.min(9, zoom)) }
  }

  return {
    camera: () => camera,
    view: () => view,
    stop,
    fly,
    /** The window has another size. */
    resize: (next: Viewport) => {
      view = next
      show(camera ?? first())
    },
    /** Another game's or turn's square may be smaller. */
    settle: () => {
      if (camera !== undefined) show(camera)
    },
    pan: (dx: number, dy: number) => {
      stop()
      if (camera !== undefined) show(pan(scene().space, view, camera, dx, dy))
    },
    zoomAbout: (about: Coordinates, factor: number) => {
      stop()
      if (camera !== undefined) show(zoomAbout(scene().space, view, camera, about, factor))
    },
    /** Makes everything larger or smaller, about the middle. */
    zoom: (step: 1 | -1) => {
      if (camera === undefined) return
      const middle = { x: view.width / 2, y: view.height / 2 }
      fly(zoomAbout(scene().space, view, camera, middle, step === 1 ? zoomStep : 1 / zoomStep))
    },
    whole: () => fly(whole(scene().space, view)),
    home: () => {
      const place = scene().home ?? scene().spots[0]
      if (camera !== undefined && place !== undefined) {
        fly(lookAt(scene().space, view, camera, place, closeUp, covered()))
      }
    },
    /** Brings a place into sight, if it isn't in it yet. `centre`: into the middle in any case. */
    look: (place: Coordinates, centre = false) => {
      if (camera === undefined) return
      const { space } = scene()
      const dx = Math.abs(near(space, camera.x, place.x) - camera.x) * camera.zoom
      const dy = (near(space, camera.y, place.y) - camera.y) * camera.zoom
      const inside =
        dx < view.width / 2 - edge && dy > tools - view.height / 2 && dy < view.height / 2 - covered() - edge
      if (centre || !inside) fly(lookAt(space, view, camera, place, centre ? closeUp : 0, covered()))
    }
  }
}

/** A cameraman at work. */
export type Cameraman = ReturnType<typeof makeCameraman>
