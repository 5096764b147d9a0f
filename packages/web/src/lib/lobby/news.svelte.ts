/** Which kinds of events are shown at once: one choice for all pages of this tab. */
import { offOf, setShown } from "../../core/notices/toastKinds.ts"
import { textPlace } from "../../platform/textPlace.ts"

const place = textPlace("galaxy:toasts-off")
let off = $state.raw(offOf(place))

/** The kinds that are off. */
export const toastsOff = (): ReadonlySet<string> => off

/** Switches a kind on or off. */
export const setToast = (kind: string, shown: boolean): void => {
  off = setShown(place, kind, shown)
}
