/** The fight simulator of the designer. Loaded with it. */
export const simulator = {
  title: "Try out a fight",
  text: "The engine's own battle, fought again and again. It adds no orders.",
  mine: "Ships of this design",
  against: "Against",
  theirs: "Their ships",
  run: "Fight",
  again: "Fight again",
  running: (fights: number) => `${fights} fights so far…`,
  of: (fights: number) => (fights === 1 ? "In 1 fight" : `In ${fights} fights`),
  won: "You win",
  lost: "They win",
  drawn: "Nobody wins",
  mineLeft: "Ships you keep, on average",
  theirsLeft: "Ships they keep, on average",
  bad: (most: string) => `Enter a whole number of ships from 1 to ${most}.`
}
