/** What the player wants to see of a game's map, kept on the device. */
import { choiceOf, choiceText, type MapChoice } from "../../core/map/layers.ts"
import { textPlace } from "../../platform/textPlace.ts"

/** The choice for a game. */
export const makeKeptChoice = (gameId: string) => {
  const place = textPlace(`galaxy:map:${gameId}`)
  let choice = $state.raw<MapChoice>(choiceOf(place.read() ?? null))
  return {
    choice: () => choice,
    setChoice: (next: MapChoice) => {
      choice = next
      place.write(choiceText(next))
    }
  }
}
