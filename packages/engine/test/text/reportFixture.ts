/** A report with something in every section, as two races see each other late in a war. */
import { GameId } from "@galaxy/contract/ids/Ids"
import type { Report } from "@galaxy/contract/engine/Report"

export const fullReport: Report = {
  game_id: GameId.make("0190a0b0-0000-7000-8000-000000000001"),
  race: "Terrans",
  turn: 12,
  finished: false,
  winners: [],
  summary: { turn: 12, size: 120.5, planets: 9, players: 2 },
  votes: {
    voting_for: "Martians",
    own: 1.26,
    races: [
      { race: "Terrans", own: 1.26, voting_for: "Martians", received: 0.9 },
      { race: "Martians", own: 0.9, voting_for: "Terrans", received: 1.26 },
      { race: "Lost_Ones", own: 0, voting_for: "Lost_Ones", received: 0 }
    ],
    alliances: [{ members: ["Terrans", "Martians"], votes: 2.16 }],
    total: 2.16,
    needed: 1.44
  },
  players: [
    {
      name: "Terrans",
      drive: 2.35,
      weapons: 1.5,
      shields: 1,
      cargo: 1.1,
      population: 1260.75,
      industry: 880.4,
      planets: 2,
      votes_received: 0.9,
      extinct: false,
      turns_left: 1
    },
    {
      name: "Martians",
      drive: 11.2,
      weapons: 1,
      shields: 1.75,
      cargo: 1,
      population: 900,
      industry: 410.09,
      planets: 1,
      relation: "war",
      votes_received: 1.26,
      extinct: false,
      turns_left: 3
    },
    {
      name: "Lost_Ones",
      drive: 0,
      weapons: 0,
      shields: 0,
      cargo: 0,
      population: 0,
      industry: 0,
      planets: 0,
      relation: "peace",
      votes_received: 0,
      extinct: true
    }
  ],
  my_sciences: [{ name: "Balance", drive: 0.25, weapons: 0.25, shields: 0.5, cargo: 0 }],
  foreign_sciences: [{ race: "Martians", name: "Sparks", drive: 0.1, weapons: 0.9, shields: 0, cargo: 0 }],
  my_classes: [
    { name: "Scout", drive: 10, armament: 0, weapons: 0, shields: 0, cargo: 0, mass: 10 },
    { name: "Fortress", drive: 0, armament: 120, weapons: 1.5, shields: 40.25, cargo: 0, mass: 131 }
  ],
  foreign_classes: [
    { race: "Martians", name: "Drone", drive: 1, armament: 0, weapons: 0, shields: 0, cargo: 0, mass: 1 },
    { race: "Lost_Ones", name: "Ark", drive: 9, armament: 1, weapons: 2, shields: 3.5, cargo: 30, mass: 44.5 },
    { race: "Martians", name: "Hauler", drive: 5, armament: 0, weapons: 0, shields: 2, cargo: 12.34, mass: 19.34 }
  ],
  battles: [
    {
      planet: 3,
      name: "Home",
      when: "before_flight",
      groups: [
        {
          index: 0,
          race: "Terrans",
          ships: 2,
          class: "Fortress",
          drive: 0,
          weapons: 1.5,
          shields: 1,
          cargo: 0,
          goods: "-",
          load: 0,
          ships_left: 1,
          state: "In_Battle"
        },
        {
          index: 1,
          race: "Martians",
          ships: 30,
          class: "Drone",
          drive: 11.2,
          weapons: 0,
          shields: 0,
          cargo: 0,
          goods: "-",
          load: 0,
          ships_left: 27,
          state: "In_Battle"
        },
        {
          index: 2,
          race: "Lost_Ones",
          ships: 1,
          class: "Ark",
          drive: 1,
          weapons: 1,
          shields: 1,
          cargo: 1,
          goods: "COL",
          load: 31.5,
          ships_left: 1,
          state: "Out_Battle"
        }
      ],
      rounds: 2,
      shots: 241,
      protocol: [
        { attacker: 0, target: 1, destroyed: true, count: 3 },
        { attacker: 0, target: 1, destroyed: false, count: 1 },
        { attacker: 1, target: 0, destroyed: true, count: 1 }
      ],
      omitted: 5,
      totals: [
        { attacker: 0, target: 1, shots: 240, destroyed: 3 },
        { attacker: 1, target: 0, shots: 1, destroyed: 1 }
      ]
    },
    {
      planet: 8,
      name: "8",
      when: "after_flight",
      groups: [],
      rounds: 0,
      shots: 0,
      protocol: [],
      omitted: 0,
      totals: []
    }
  ],
  bombings: [
    {
      bomber: "Martians",
      owner: "Terrans",
      planet: 4,
      name: "Outpost",
      population: 120,
      industry: 60.5,
      production: "Scout",
      capital: 3,
      materials: 4.25,
      colonists: 1.5,
      power: 200.75,
      result: "Wiped",
      destroyed_population: 120,
      destroyed_industry: 60.5,
      destroyed_colonists: 1.5
    },
    {
      bomber: "Terrans",
      owner: "Martians",
      planet: 5,
      name: "Red",
      population: 1000,
      industry: 500,
      production: "SHIP Drone",
      capital: 0,
      materials: 0,
      colonists: 0,
      power: 90,
      result: "Damaged",
      destroyed_population: 90,
      destroyed_industry: 90,
      destroyed_colonists: 0,
      new_owner: "Martians"
    }
  ],
  approaching_groups: [{ origin: 5, destination: 3, distance: 12.3, speed: 44.8, mass: 1000 }],
  my_planets: [
    {
      number: 3,
      name: "Home",
      x: 10.5,
      y: 99.25,
      size: 1000,
      population: 1000,
      industry: 800.4,
      resources: 10,
      production: "Fortress",
      capital: 0,
      materials: 12.5,
      colonists: 33.33,
      free_points: 850.3
    },
    {
      number: 11,
      name: "11",
      x: 1,
      y: 2,
      size: 500.5,
      population: 260.75,
      industry: 80,
      resources: 0.5,
      production: "CAP",
      capital: 7,
      materials: 0,
      colonists: 0,
      free_points: 125.19
    }
  ],
  yards: [{ planet: 3, name: "Home", class: "Fortress", price: 1310, banked: 17.75, free_points: 850.3 }],
  routes: [
    { planet: 3, name: "Home", colonists: 11, empty: 7 },
    { planet: 11, name: "11", capital: 3, materials: 3 }
  ],
  foreign_planets: [
    {
      owner: "Martians",
      number: 5,
      name: "Red",
      x: 50,
      y: 50,
      size: 1000,
      population: 900,
      industry: 410.09,
      resources: 10,
      production: "SHIP Drone",
      capital: 0,
      materials: 90,
      colonists: 0,
      free_points: 532.57
    }
  ],
  uninhabited_planets: [
    { number: 4, name: "Outpost", x: 12, y: 90, size: 400, resources: 5, capital: 3, materials: 64.75 },
    { number: 7, name: "7", x: 119.99, y: 0.01, size: 20, resources: 20, capital: 0, materials: 0 }
  ],
  unknown_planets: [
    { number: 8, x: 77, y: 7.5 },
    { number: 10, x: 0, y: 120.49 }
  ],
  my_fleets: [
    { number: 1, name: "Guard", groups: 2, destination: 3, speed: 0, state: "In_Orbit" },
    { number: 2, name: "Raid", groups: 1, destination: 5, origin: 3, distance: 20.25, speed: 46.9, state: "In_Space" }
  ],
  my_groups: [
    {
      number: 2,
      ships: 1,
      class: "Fortress",
      drive: 0,
      weapons: 1.5,
      shields: 1,
      cargo: 0,
      goods: "-",
      load: 0,
      mass: 131,
      destination: 3,
      speed: 0,
      fleet: "Guard",
      state: "In_Orbit"
    },
    {
      number: 14,
      ships: 250,
      class: "Hauler",
      drive: 2.35,
      weapons: 0,
      shields: 1,
      cargo: 1.1,
      goods: "CAP",
      load: 5.5,
      mass: 24.34,
      destination: 5,
      origin: 3,
      distance: 20.25,
      speed: 46.9,
      state: "In_Space"
    }
  ],
  foreign_groups: [
    {
      race: "Martians",
      ships: 27,
      class: "Drone",
      drive: 11.2,
      weapons: 0,
      shields: 0,
      cargo: 0,
      goods: "-",
      load: 0,
      mass: 1,
      destination: 3,
      speed: 224
    },
    {
      race: "Lost_Ones",
      ships: 1,
      class: "Ark",
      drive: 1,
      weapons: 1,
      shields: 1,
      cargo: 1,
      goods: "COL",
      load: 31.5,
      mass: 76,
      destination: 3,
      speed: 2.37
    }
  ],
  unidentified_groups: [{ x: 60.25, y: 61 }],
  changes: [
    { subject: "planet", number: 4, what: "population", before: 120, after: 0, cause: "bombing" },
    { subject: "planet", number: 3, what: "industry", before: 810, after: 795.4, cause: "bombing" },
    { subject: "planet", number: 3, what: "banked", before: 0, after: 17.75, cause: "ship_building" },
    { subject: "group", number: 14, what: "load", before: 0, after: 5.5, cause: "loading" },
    { subject: "planet", number: 3, what: "industry", before: 795.4, after: 800.4, cause: "stock_to_industry" },
    { subject: "race", what: "drive", before: 2.3, after: 2.35, cause: "research" },
    { subject: "group", number: 2, what: "ships", before: 2, after: 1, cause: "battle" }
  ],
  orders: [
    { position: 0, accepted: true, order: { op: "vote", race: "Martians" } },
    {
      position: 1,
      accepted: false,
      code: "unknown_planet",
      message: "there is no planet 99",
      order: { op: "send", group: 14, planet: 99 }
    },
    { position: 2, accepted: false, order: { op: "merge_groups" } }
  ]
}
