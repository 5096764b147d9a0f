/** What the address says of the map: what is chosen and where one looks. It follows both, and leads to both. */
import { untrack } from "svelte"
import { replaceState } from "$app/navigation"
import { page } from "$app/state"
import { type Camera, cameraOf, cameraText } from "../../core/map/camera.ts"
import type { MapState } from "./mapState.svelte.ts"

/** Milliseconds after the last move until the address says where one is. */
const addressMs = 400

/** What an address can do with the map. */
export interface Guided {
  readonly map: MapState
  readonly select: (number: number) => void
  /** Brings a planet into the middle. */
  readonly look: (number: number) => void
  readonly fly: (camera: Camera) => void
}

/** Follows the address as long as the component that calls it is there. */
export const followAddress = ({ map, select, look, fly }: Guided) => {
  const start = cameraOf(page.url.searchParams.get("at"))
  let camera = start
  let written = page.url.searchParams.get("at")
  let timer: ReturnType<typeof setTimeout> | undefined

  const write = () => {
    const next = new URL(location.href)
    if (!next.pathname.endsWith("/map")) return
    const number = map.selected()
    if (number === undefined) next.searchParams.delete("sel")
    else next.searchParams.set("sel", `p${number}`)
    if (camera !== undefined) {
      written = cameraText(camera)
      next.searchParams.set("at", written)
    }
    // Not `goto`, which would end a navigation that is on its way.
    // oxlint-disable-next-line typescript/no-deprecated, typescript/no-floating-promises
    if (next.href !== location.href) replaceState(next, page.state)
  }
  const writeSoon = () => {
    clearTimeout(timer)
    timer = setTimeout(write, addressMs)
  }

  $effect(() => {
    map.selected()
    writeSoon()
    return () => clearTimeout(timer)
  })
  // An address names what is chosen and where one looks: at the beginning, and when a link leads here.
  $effect(() => {
    const at = page.url.searchParams.get("at")
    const named = /^p(\d+)$/.exec(page.url.searchParams.get("sel") ?? "")?.[1]
    untrack(() => {
      const number = named === undefined ? undefined : Number(named)
      if (number !== undefined && number !== map.selected()) {
        select(number)
        if (at === null) look(number)
      }
      if (at === written) return
      written = at
      const next = cameraOf(at)
      if (next !== undefined) fly(next)
    })
  })

  return {
    /** Where the map begins; undefined where the address doesn't tell. */
    start,
    moved: (next: Camera) => {
      camera = next
      writeSoon()
    }
  }
}
