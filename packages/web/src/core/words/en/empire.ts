/** Lists of one's own things, and what can be ordered from them: planets, ships, designs, races. */
const ships = (count: number) => (count === 1 ? "1 ship" : `${count} ships`)

export const empire = {
  filter: "Filter",
  filterHint: "Name, class, race…",
  noMatch: "Nothing matches.",
  select: (name: string) => `Choose ${name}`,
  selectAll: "Choose all that are listed",
  chosen: (count: number) => (count === 1 ? "1 chosen" : `${count} chosen`),
  clear: "Choose none",
  ordered: "ordered",
  totals: "Together",
  planets: {
    title: "Planets",
    kinds: { my_planets: "Mine", foreign_planets: "Of others", uninhabited: "Uninhabited", unknown: "Unknown" },
    kind: "Which planets"
  },
  ships: {
    title: "Ships",
    kinds: { my_groups: "My groups", my_fleets: "My fleets", foreign_groups: "Of others", approaching: "Approaching" },
    kind: "Which ships",
    count: (groups: number, count: number) => `${groups === 1 ? "1 group" : `${groups} groups`}, ${ships(count)}`
  },
  races: {
    title: "Races",
    votes: "Votes",
    relations: "Relations and technologies",
    voteFor: "Vote for",
    vote: "Give your votes to",
    war: "War",
    peace: "Peace",
    peaceAll: "Peace with everybody",
    warAll: "War on everybody",
    leave: "Leave the game",
    attitude: (race: string) => `To ${race}`,
    attitudes: "Only you see this. You learn what they think of you when your ships meet."
  },
  designs: {
    title: "Designs",
    designer: "Ship designer",
    name: "Name",
    nameHint: "Up to 20 letters and digits",
    startFrom: "Start from",
    blank: "An empty design",
    blocks: {
      drive: "Drive",
      armament: "Guns",
      weapons: "Size of a gun",
      shields: "Shields",
      cargo: "Hold"
    },
    add: "Add to the orders",
    needsName: "It needs a name.",
    added: (name: string) => `${name} is in the orders`,
    figures: {
      mass: "Mass",
      speed: "Speed, empty",
      loaded: "Speed, full",
      attack: "Attack of a gun",
      defence: "Defence",
      hold: "Hold",
      bombing: "Bombing",
      price: "Price"
    },
    perTurn: "ly a turn",
    priceText: (points: string, ore: string) => `${points} points and ${ore} ore`,
    yards: "What your planets would build",
    perPlanet: (count: number) => `${count} a turn`,
    turnsFor: (turns: number) => `1 in ${turns} turns`,
    never: "no ore",
    allYards: (count: number) => `All ${count} planets`,
    fewerYards: "Fewer",
    even: "Ships for an even fight, about",
    masses: { drive: "drive", weapons: "guns", shields: "shields", cargo: "hold" },
    against: "Against what you have seen",
    againstText: "The chance of a single shot, by the rules' own formula.",
    seenIn: (turn: number) => `seen in turn ${turn}`,
    youHit: "You destroy it",
    itHits: "It destroys you",
    none: "You have seen no foreign ships with guns or shields yet.",
    classes: "My ship classes",
    sciences: "My sciences",
    newScience: "New science",
    parts: "How research points are divided"
  }
}
