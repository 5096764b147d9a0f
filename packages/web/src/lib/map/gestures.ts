/** What fingers, pointers and wheels do on the map, told in the window's pixels. */
import type { Coordinates } from "../../core/map/space.ts"

/** Something on the map that a pointer took hold of: it is dragged instead of the map. */
export interface Grip {
  /** It is being dragged, or was tapped. */
  readonly begin: () => void
  readonly move: (at: Coordinates) => void
  /** It was let go after a drag; nowhere where the system took the pointer away. */
  readonly drop: (at: Coordinates | undefined) => void
}

/** What is told. */
export interface Gestures {
  readonly pan: (dx: number, dy: number) => void
  readonly zoom: (about: Coordinates, factor: number) => void
  /** `again`: at the spot of the tap before; `add`: with Shift, or held long. */
  readonly tap: (at: Coordinates, how: { readonly again: boolean; readonly add: boolean }) => void
  /** Where a mouse or pen is; undefined where it isn't over the map. */
  readonly hover: (at: Coordinates | undefined) => void
  /** A rectangle drawn with Shift; `done` at its end. */
  readonly lasso: (from: Coordinates, to: Coordinates, done: boolean) => void
  /** What a pointer takes hold of where it goes down; undefined for the map itself. */
  readonly grip: (at: Coordinates, touch: boolean) => Grip | undefined
}

/** Pixels that a finger may move and still taps. */
const slack = 8
/** Milliseconds after which a touch that stays is a long one. */
const long = 500

/** Listens on an element; answers how to stop that. */
export const listen = (element: HTMLElement, tell: Gestures): (() => void) => {
  const down = new Map<number, Coordinates>()
  let start: Coordinates | undefined
  let moved = false
  let lassoing = false
  let grip: Grip | undefined
  let longPress: ReturnType<typeof setTimeout> | undefined
  let last: Coordinates | undefined

  const place = (event: MouseEvent): Coordinates => {
    const box = element.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const far = (a: Coordinates, b: Coordinates) => Math.hypot(a.x - b.x, a.y - b.y)
  const pinch = () => {
    const [a, b] = [...down.values()]
    return a === undefined || b === undefined
      ? undefined
      : { centre: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, width: Math.max(1, far(a, b)) }
  }
  const tap = (at: Coordinates, add: boolean) => {
    const again = last !== undefined && far(last, at) <= 22
    last = at
    tell.tap(at, { again, add })
  }

  const onDown = (event: PointerEvent) => {
    if (event.button !== 0 || down.size >= 2) return
    element.setPointerCapture(event.pointerId)
    const at = place(event)
    down.set(event.pointerId, at)
    clearTimeout(longPress)
    if (down.size > 1) {
      moved = true
      if (grip !== undefined) down.delete(event.pointerId)
      return
    }
    start = at
    moved = false
    lassoing = event.shiftKey
    grip = tell.grip(at, event.pointerType === "touch")
    if (event.pointerType === "touch" && grip === undefined) {
      longPress = setTimeout(() => {
        if (moved) return
        moved = true
        tap(at, true)
      }, long)
    }
  }

  const onMove = (event: PointerEvent) => {
    const at = place(event)
    const before = down.get(event.pointerId)
    if (before === undefined) {
      if (event.pointerType !== "touch") tell.hover(at)
      return
    }
    if (!moved && start !== undefined && far(start, at) < slack) return
    clearTimeout(longPress)
    if (grip !== undefined) {
      if (!moved) grip.begin()
      moved = true
      grip.move(at)
      return
    }
    if (lassoing && start !== undefined) {
      moved = true
      tell.lasso(start, at, false)
      return
    }
    const wide = pinch()
    down.set(event.pointerId, at)
    const now = pinch()
    if (wide !== undefined && now !== undefined) {
      tell.pan(now.centre.x - wide.centre.x, now.centre.y - wide.centre.y)
      tell.zoom(now.centre, now.width / wide.width)
    } else if (!moved && start !== undefined) {
      // From where the finger went down, so that the place under it stays there.
      tell.pan(at.x - start.x, at.y - start.y)
    } else tell.pan(at.x - before.x, at.y - before.y)
    moved = true
  }

  const onUp = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return
    clearTimeout(longPress)
    if (down.size > 0) return
    const at = place(event)
    const held = grip
    grip = undefined
    if (held !== undefined) {
      if (!moved && event.type === "pointerup") held.begin()
      else if (moved) held.drop(event.type === "pointerup" ? at : undefined)
    } else if (lassoing && moved && start !== undefined) tell.lasso(start, at, true)
    else if (!moved && event.type === "pointerup") tap(at, event.shiftKey)
    lassoing = false
  }

  const onWheel = (event: WheelEvent) => {
    event.preventDefault()
    const lines = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1
    const by = Math.min(240, Math.max(-240, event.deltaY * lines))
    tell.zoom(place(event), Math.exp(-by * (event.ctrlKey ? 0.01 : 0.0016)))
  }

  const onLeave = () => tell.hover(undefined)
  const noMenu = (event: Event) => event.preventDefault()

  element.addEventListener("pointerdown", onDown)
  element.addEventListener("pointermove", onMove)
  element.addEventListener("pointerup", onUp)
  element.addEventListener("pointercancel", onUp)
  element.addEventListener("pointerleave", onLeave)
  element.addEventListener("wheel", onWheel, { passive: false })
  element.addEventListener("contextmenu", noMenu)
  return () => {
    clearTimeout(longPress)
    element.removeEventListener("pointerdown", onDown)
    element.removeEventListener("pointermove", onMove)
    element.removeEventListener("pointerup", onUp)
    element.removeEventListener("pointercancel", onUp)
    element.removeEventListener("pointerleave", onLeave)
    element.removeEventListener("wheel", onWheel)
    element.removeEventListener("contextmenu", noMenu)
  }
}
