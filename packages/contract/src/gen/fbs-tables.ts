/**
 * Generated from fbs/ by `npm run codegen`: every table, its fields and their slots.
 */
import type { Table } from "../fbs/descriptor.ts"

export const tables = {
  "galaxy.lobby.SubmitApplicationRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "race_name", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.lobby.ApplicationRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "application_id", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.lobby.Application": {
    fields: [
      { name: "application_id", slot: 0, type: "string", required: true },
      { name: "game_id", slot: 1, type: "string", required: true },
      { name: "game_name", slot: 2, type: "string", required: true },
      { name: "applicant_user_id", slot: 3, type: "string", required: true },
      { name: "race_name", slot: 4, type: "string", required: true },
      { name: "status", slot: 5, type: "string", required: true },
      { name: "created_at", slot: 6, type: "string", required: true },
      { name: "decided_at", slot: 7, type: "string" }
    ]
  },
  "galaxy.lobby.ApplicationList": {
    fields: [
      { name: "applications", slot: 0, type: { vector: { table: "galaxy.lobby.Application" } }, required: true },
      { name: "next_cursor", slot: 1, type: "string" }
    ]
  },
  "galaxy.lobby.HeldRaceName": {
    fields: [
      { name: "race_name_id", slot: 0, type: "string", required: true },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "status", slot: 2, type: "string", required: true },
      { name: "game_id", slot: 3, type: "string" },
      { name: "game_name", slot: 4, type: "string" },
      { name: "expires_at", slot: 5, type: "string" },
      { name: "registered_at", slot: 6, type: "string" },
      { name: "created_at", slot: 7, type: "string", required: true }
    ]
  },
  "galaxy.lobby.RaceNameList": {
    fields: [
      { name: "race_names", slot: 0, type: { vector: { table: "galaxy.lobby.HeldRaceName" } }, required: true },
      { name: "next_cursor", slot: 1, type: "string" }
    ]
  },
  "galaxy.lobby.RegisterRaceNameRequest": {
    fields: [
      { name: "name", slot: 0, type: "string", required: true }
    ]
  },
  "galaxy.lobby.CheckRaceNameRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string" },
      { name: "code", slot: 1, type: "string" },
      { name: "name", slot: 2, type: "string", required: true }
    ]
  },
  "galaxy.lobby.RaceNameCheck": {
    fields: [
      { name: "available", slot: 0, type: "bool" },
      { name: "reason", slot: 1, type: "string" }
    ]
  },
  "galaxy.common.Empty": { fields: [] },
  "galaxy.common.Error": {
    fields: [
      { name: "code", slot: 0, type: "string", required: true },
      { name: "message", slot: 1, type: "string", required: true },
      { name: "reason", slot: 2, type: "string" }
    ]
  },
  "galaxy.game.Order": {
    fields: [
      { name: "op", slot: 0, type: "string", required: true },
      { name: "planet", slot: 1, type: "int", optional: true },
      { name: "product", slot: 2, type: "string" },
      { name: "name", slot: 3, type: "string" },
      { name: "race", slot: 4, type: "string" },
      { name: "to", slot: 5, type: "int", optional: true },
      { name: "group", slot: 6, type: "int", optional: true },
      { name: "ships", slot: 7, type: "int", optional: true },
      { name: "fleet", slot: 8, type: "string" },
      { name: "into", slot: 9, type: "string" },
      { name: "class", slot: 10, type: "string" },
      { name: "science", slot: 11, type: "string" },
      { name: "goods", slot: 12, type: "string" },
      { name: "amount", slot: 13, type: "double", optional: true },
      { name: "block", slot: 14, type: "string" },
      { name: "level", slot: 15, type: "double", optional: true },
      { name: "drive", slot: 16, type: "double", optional: true },
      { name: "armament", slot: 17, type: "double", optional: true },
      { name: "weapons", slot: 18, type: "double", optional: true },
      { name: "shields", slot: 19, type: "double", optional: true },
      { name: "cargo", slot: 20, type: "double", optional: true }
    ]
  },
  "galaxy.game.OrderVerdict": {
    fields: [
      { name: "position", slot: 0, type: "int" },
      { name: "accepted", slot: 1, type: "bool" },
      { name: "code", slot: 2, type: "string" },
      { name: "message", slot: 3, type: "string" }
    ]
  },
  "galaxy.game.OrderOutcome": {
    fields: [
      { name: "position", slot: 0, type: "int" },
      { name: "accepted", slot: 1, type: "bool" },
      { name: "code", slot: 2, type: "string" },
      { name: "message", slot: 3, type: "string" },
      { name: "order", slot: 4, type: { table: "galaxy.game.Order" }, required: true }
    ]
  },
  "galaxy.game.GalaxySummary": {
    fields: [
      { name: "turn", slot: 0, type: "int" },
      { name: "size", slot: 1, type: "double" },
      { name: "planets", slot: 2, type: "int" },
      { name: "players", slot: 3, type: "int" }
    ]
  },
  "galaxy.game.RaceVotes": {
    fields: [
      { name: "race", slot: 0, type: "string", required: true },
      { name: "own", slot: 1, type: "double" },
      { name: "voting_for", slot: 2, type: "string", required: true },
      { name: "received", slot: 3, type: "double" }
    ]
  },
  "galaxy.game.Alliance": {
    fields: [
      { name: "members", slot: 0, type: { vector: "string" }, required: true },
      { name: "votes", slot: 1, type: "double" }
    ]
  },
  "galaxy.game.Votes": {
    fields: [
      { name: "voting_for", slot: 0, type: "string", required: true },
      { name: "own", slot: 1, type: "double" },
      { name: "races", slot: 2, type: { vector: { table: "galaxy.game.RaceVotes" } }, required: true },
      { name: "alliances", slot: 3, type: { vector: { table: "galaxy.game.Alliance" } }, required: true },
      { name: "total", slot: 4, type: "double" },
      { name: "needed", slot: 5, type: "double" },
      { name: "decides_from", slot: 6, type: "int", optional: true }
    ]
  },
  "galaxy.game.PlayerStatus": {
    fields: [
      { name: "name", slot: 0, type: "string", required: true },
      { name: "drive", slot: 1, type: "double" },
      { name: "weapons", slot: 2, type: "double" },
      { name: "shields", slot: 3, type: "double" },
      { name: "cargo", slot: 4, type: "double" },
      { name: "population", slot: 5, type: "double" },
      { name: "industry", slot: 6, type: "double" },
      { name: "planets", slot: 7, type: "int" },
      { name: "relation", slot: 8, type: "string" },
      { name: "votes_received", slot: 9, type: "double" },
      { name: "extinct", slot: 10, type: "bool" },
      { name: "turns_left", slot: 11, type: "int", optional: true }
    ]
  },
  "galaxy.game.OwnScience": {
    fields: [
      { name: "name", slot: 0, type: "string", required: true },
      { name: "drive", slot: 1, type: "double" },
      { name: "weapons", slot: 2, type: "double" },
      { name: "shields", slot: 3, type: "double" },
      { name: "cargo", slot: 4, type: "double" }
    ]
  },
  "galaxy.game.ForeignScience": {
    fields: [
      { name: "race", slot: 0, type: "string", required: true },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "drive", slot: 2, type: "double" },
      { name: "weapons", slot: 3, type: "double" },
      { name: "shields", slot: 4, type: "double" },
      { name: "cargo", slot: 5, type: "double" }
    ]
  },
  "galaxy.game.OwnClass": {
    fields: [
      { name: "name", slot: 0, type: "string", required: true },
      { name: "drive", slot: 1, type: "double" },
      { name: "armament", slot: 2, type: "int" },
      { name: "weapons", slot: 3, type: "double" },
      { name: "shields", slot: 4, type: "double" },
      { name: "cargo", slot: 5, type: "double" },
      { name: "mass", slot: 6, type: "double" }
    ]
  },
  "galaxy.game.ForeignClass": {
    fields: [
      { name: "race", slot: 0, type: "string", required: true },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "drive", slot: 2, type: "double" },
      { name: "armament", slot: 3, type: "int" },
      { name: "weapons", slot: 4, type: "double" },
      { name: "shields", slot: 5, type: "double" },
      { name: "cargo", slot: 6, type: "double" },
      { name: "mass", slot: 7, type: "double" }
    ]
  },
  "galaxy.game.BattleGroup": {
    fields: [
      { name: "index", slot: 0, type: "int" },
      { name: "race", slot: 1, type: "string", required: true },
      { name: "ships", slot: 2, type: "int" },
      { name: "class", slot: 3, type: "string", required: true },
      { name: "drive", slot: 4, type: "double" },
      { name: "weapons", slot: 5, type: "double" },
      { name: "shields", slot: 6, type: "double" },
      { name: "cargo", slot: 7, type: "double" },
      { name: "goods", slot: 8, type: "string", required: true },
      { name: "load", slot: 9, type: "double" },
      { name: "ships_left", slot: 10, type: "int" },
      { name: "state", slot: 11, type: "string", required: true }
    ]
  },
  "galaxy.game.Shot": {
    fields: [
      { name: "attacker", slot: 0, type: "int" },
      { name: "target", slot: 1, type: "int" },
      { name: "destroyed", slot: 2, type: "bool" },
      { name: "count", slot: 3, type: "int" }
    ]
  },
  "galaxy.game.ShotTotal": {
    fields: [
      { name: "attacker", slot: 0, type: "int" },
      { name: "target", slot: 1, type: "int" },
      { name: "shots", slot: 2, type: "int" },
      { name: "destroyed", slot: 3, type: "int" }
    ]
  },
  "galaxy.game.Battle": {
    fields: [
      { name: "planet", slot: 0, type: "int" },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "when", slot: 2, type: "string", required: true },
      { name: "groups", slot: 3, type: { vector: { table: "galaxy.game.BattleGroup" } }, required: true },
      { name: "rounds", slot: 4, type: "int" },
      { name: "shots", slot: 5, type: "int" },
      { name: "protocol", slot: 6, type: { vector: { table: "galaxy.game.Shot" } }, required: true },
      { name: "omitted", slot: 7, type: "int" },
      { name: "totals", slot: 8, type: { vector: { table: "galaxy.game.ShotTotal" } }, required: true },
      { name: "cut_short", slot: 9, type: "bool", optional: true },
      { name: "summed", slot: 10, type: "int", optional: true }
    ]
  },
  "galaxy.game.Bombing": {
    fields: [
      { name: "bomber", slot: 0, type: "string", required: true },
      { name: "owner", slot: 1, type: "string", required: true },
      { name: "planet", slot: 2, type: "int" },
      { name: "name", slot: 3, type: "string", required: true },
      { name: "population", slot: 4, type: "double" },
      { name: "industry", slot: 5, type: "double" },
      { name: "production", slot: 6, type: "string", required: true },
      { name: "capital", slot: 7, type: "double" },
      { name: "materials", slot: 8, type: "double" },
      { name: "colonists", slot: 9, type: "double" },
      { name: "power", slot: 10, type: "double" },
      { name: "result", slot: 11, type: "string", required: true },
      { name: "destroyed_population", slot: 12, type: "double" },
      { name: "destroyed_industry", slot: 13, type: "double" },
      { name: "destroyed_colonists", slot: 14, type: "double" },
      { name: "new_owner", slot: 15, type: "string" }
    ]
  },
  "galaxy.game.ApproachingGroup": {
    fields: [
      { name: "origin", slot: 0, type: "int" },
      { name: "destination", slot: 1, type: "int" },
      { name: "distance", slot: 2, type: "double" },
      { name: "speed", slot: 3, type: "double" },
      { name: "mass", slot: 4, type: "double" }
    ]
  },
  "galaxy.game.OwnPlanet": {
    fields: [
      { name: "number", slot: 0, type: "int" },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "x", slot: 2, type: "double" },
      { name: "y", slot: 3, type: "double" },
      { name: "size", slot: 4, type: "double" },
      { name: "population", slot: 5, type: "double" },
      { name: "industry", slot: 6, type: "double" },
      { name: "resources", slot: 7, type: "double" },
      { name: "production", slot: 8, type: "string", required: true },
      { name: "capital", slot: 9, type: "double" },
      { name: "materials", slot: 10, type: "double" },
      { name: "colonists", slot: 11, type: "double" },
      { name: "free_points", slot: 12, type: "double" }
    ]
  },
  "galaxy.game.Yard": {
    fields: [
      { name: "planet", slot: 0, type: "int" },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "class", slot: 2, type: "string", required: true },
      { name: "price", slot: 3, type: "double" },
      { name: "banked", slot: 4, type: "double" },
      { name: "free_points", slot: 5, type: "double" }
    ]
  },
  "galaxy.game.CargoRoutes": {
    fields: [
      { name: "planet", slot: 0, type: "int" },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "capital", slot: 2, type: "int", optional: true },
      { name: "materials", slot: 3, type: "int", optional: true },
      { name: "colonists", slot: 4, type: "int", optional: true },
      { name: "empty", slot: 5, type: "int", optional: true }
    ]
  },
  "galaxy.game.ForeignPlanet": {
    fields: [
      { name: "owner", slot: 0, type: "string", required: true },
      { name: "number", slot: 1, type: "int" },
      { name: "name", slot: 2, type: "string", required: true },
      { name: "x", slot: 3, type: "double" },
      { name: "y", slot: 4, type: "double" },
      { name: "size", slot: 5, type: "double" },
      { name: "population", slot: 6, type: "double" },
      { name: "industry", slot: 7, type: "double" },
      { name: "resources", slot: 8, type: "double" },
      { name: "production", slot: 9, type: "string", required: true },
      { name: "capital", slot: 10, type: "double" },
      { name: "materials", slot: 11, type: "double" },
      { name: "colonists", slot: 12, type: "double" },
      { name: "free_points", slot: 13, type: "double" }
    ]
  },
  "galaxy.game.UninhabitedPlanet": {
    fields: [
      { name: "number", slot: 0, type: "int" },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "x", slot: 2, type: "double" },
      { name: "y", slot: 3, type: "double" },
      { name: "size", slot: 4, type: "double" },
      { name: "resources", slot: 5, type: "double" },
      { name: "capital", slot: 6, type: "double" },
      { name: "materials", slot: 7, type: "double" }
    ]
  },
  "galaxy.game.UnknownPlanet": {
    fields: [
      { name: "number", slot: 0, type: "int" },
      { name: "x", slot: 1, type: "double" },
      { name: "y", slot: 2, type: "double" }
    ]
  },
  "galaxy.game.Fleet": {
    fields: [
      { name: "number", slot: 0, type: "int" },
      { name: "name", slot: 1, type: "string", required: true },
      { name: "groups", slot: 2, type: "int" },
      { name: "destination", slot: 3, type: "int" },
      { name: "origin", slot: 4, type: "int", optional: true },
      { name: "distance", slot: 5, type: "double", optional: true },
      { name: "speed", slot: 6, type: "double" },
      { name: "state", slot: 7, type: "string", required: true }
    ]
  },
  "galaxy.game.OwnGroup": {
    fields: [
      { name: "number", slot: 0, type: "int" },
      { name: "ships", slot: 1, type: "int" },
      { name: "class", slot: 2, type: "string", required: true },
      { name: "drive", slot: 3, type: "double" },
      { name: "weapons", slot: 4, type: "double" },
      { name: "shields", slot: 5, type: "double" },
      { name: "cargo", slot: 6, type: "double" },
      { name: "goods", slot: 7, type: "string", required: true },
      { name: "load", slot: 8, type: "double" },
      { name: "mass", slot: 9, type: "double" },
      { name: "destination", slot: 10, type: "int" },
      { name: "origin", slot: 11, type: "int", optional: true },
      { name: "distance", slot: 12, type: "double", optional: true },
      { name: "speed", slot: 13, type: "double" },
      { name: "fleet", slot: 14, type: "string" },
      { name: "state", slot: 15, type: "string", required: true }
    ]
  },
  "galaxy.game.ForeignGroup": {
    fields: [
      { name: "race", slot: 0, type: "string", required: true },
      { name: "ships", slot: 1, type: "int" },
      { name: "class", slot: 2, type: "string", required: true },
      { name: "drive", slot: 3, type: "double" },
      { name: "weapons", slot: 4, type: "double" },
      { name: "shields", slot: 5, type: "double" },
      { name: "cargo", slot: 6, type: "double" },
      { name: "goods", slot: 7, type: "string", required: true },
      { name: "load", slot: 8, type: "double" },
      { name: "mass", slot: 9, type: "double" },
      { name: "destination", slot: 10, type: "int" },
      { name: "speed", slot: 11, type: "double" }
    ]
  },
  "galaxy.game.UnidentifiedGroup": {
    fields: [
      { name: "x", slot: 0, type: "double" },
      { name: "y", slot: 1, type: "double" }
    ]
  },
  "galaxy.game.Change": {
    fields: [
      { name: "subject", slot: 0, type: "string", required: true },
      { name: "number", slot: 1, type: "int", optional: true },
      { name: "what", slot: 2, type: "string", required: true },
      { name: "before", slot: 3, type: "double" },
      { name: "after", slot: 4, type: "double" },
      { name: "cause", slot: 5, type: "string", required: true }
    ]
  },
  "galaxy.game.LeftOut": {
    fields: [
      { name: "foreign_sciences", slot: 0, type: "int", optional: true },
      { name: "foreign_classes", slot: 1, type: "int", optional: true },
      { name: "battles", slot: 2, type: "int", optional: true },
      { name: "bombings", slot: 3, type: "int", optional: true },
      { name: "approaching_groups", slot: 4, type: "int", optional: true },
      { name: "my_fleets", slot: 5, type: "int", optional: true },
      { name: "foreign_groups", slot: 6, type: "int", optional: true },
      { name: "unidentified_groups", slot: 7, type: "int", optional: true },
      { name: "changes", slot: 8, type: "int", optional: true }
    ]
  },
  "galaxy.game.Report": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "race", slot: 1, type: "string", required: true },
      { name: "turn", slot: 2, type: "int" },
      { name: "finished", slot: 3, type: "bool" },
      { name: "winners", slot: 4, type: { vector: "string" }, required: true },
      { name: "summary", slot: 5, type: { table: "galaxy.game.GalaxySummary" }, required: true },
      { name: "votes", slot: 6, type: { table: "galaxy.game.Votes" }, required: true },
      { name: "players", slot: 7, type: { vector: { table: "galaxy.game.PlayerStatus" } }, required: true },
      { name: "my_planets", slot: 8, type: { vector: { table: "galaxy.game.OwnPlanet" } }, required: true },
      { name: "unknown_planets", slot: 9, type: { vector: { table: "galaxy.game.UnknownPlanet" } }, required: true },
      { name: "orders", slot: 10, type: { vector: { table: "galaxy.game.OrderOutcome" } }, required: true },
      { name: "my_sciences", slot: 11, type: { vector: { table: "galaxy.game.OwnScience" } }, required: true },
      { name: "foreign_sciences", slot: 12, type: { vector: { table: "galaxy.game.ForeignScience" } }, required: true },
      { name: "my_classes", slot: 13, type: { vector: { table: "galaxy.game.OwnClass" } }, required: true },
      { name: "foreign_classes", slot: 14, type: { vector: { table: "galaxy.game.ForeignClass" } }, required: true },
      { name: "battles", slot: 15, type: { vector: { table: "galaxy.game.Battle" } }, required: true },
      { name: "bombings", slot: 16, type: { vector: { table: "galaxy.game.Bombing" } }, required: true },
      { name: "approaching_groups", slot: 17, type: { vector: { table: "galaxy.game.ApproachingGroup" } }, required: true },
      { name: "yards", slot: 18, type: { vector: { table: "galaxy.game.Yard" } }, required: true },
      { name: "routes", slot: 19, type: { vector: { table: "galaxy.game.CargoRoutes" } }, required: true },
      { name: "foreign_planets", slot: 20, type: { vector: { table: "galaxy.game.ForeignPlanet" } }, required: true },
      { name: "uninhabited_planets", slot: 21, type: { vector: { table: "galaxy.game.UninhabitedPlanet" } }, required: true },
      { name: "my_fleets", slot: 22, type: { vector: { table: "galaxy.game.Fleet" } }, required: true },
      { name: "my_groups", slot: 23, type: { vector: { table: "galaxy.game.OwnGroup" } }, required: true },
      { name: "foreign_groups", slot: 24, type: { vector: { table: "galaxy.game.ForeignGroup" } }, required: true },
      { name: "unidentified_groups", slot: 25, type: { vector: { table: "galaxy.game.UnidentifiedGroup" } }, required: true },
      { name: "changes", slot: 26, type: { vector: { table: "galaxy.game.Change" } }, required: true },
      { name: "left_out", slot: 27, type: { table: "galaxy.game.LeftOut" } }
    ]
  },
  "galaxy.games.OrderRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "turn", slot: 1, type: "int", optional: true },
      { name: "orders", slot: 2, type: { vector: { table: "galaxy.game.Order" } }, required: true },
      { name: "if_revision", slot: 3, type: "long", optional: true }
    ]
  },
  "galaxy.games.CommandRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "turn", slot: 1, type: "int", optional: true },
      { name: "commands", slot: 2, type: { vector: { table: "galaxy.game.Order" } }, required: true }
    ]
  },
  "galaxy.games.OrderGetRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "turn", slot: 1, type: "int", optional: true }
    ]
  },
  "galaxy.games.ReportRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "turn", slot: 1, type: "int" }
    ]
  },
  "galaxy.games.OrdersAnswer": {
    fields: [
      { name: "race", slot: 0, type: "string", required: true },
      { name: "turn", slot: 1, type: "int" },
      { name: "orders", slot: 2, type: { vector: { table: "galaxy.game.Order" } }, required: true },
      { name: "verdicts", slot: 3, type: { vector: { table: "galaxy.game.OrderVerdict" } }, required: true },
      { name: "revision", slot: 4, type: "long", optional: true },
      { name: "counts", slot: 5, type: { table: "galaxy.games.OrderCounts" } }
    ]
  },
  "galaxy.games.OrderCounts": {
    fields: [
      { name: "orders", slot: 0, type: "int" },
      { name: "refused", slot: 1, type: "int" }
    ]
  },
  "galaxy.games.ReadyRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "turn", slot: 1, type: "int" },
      { name: "ready", slot: 2, type: "bool" }
    ]
  },
  "galaxy.games.Ready": {
    fields: [
      { name: "turn", slot: 0, type: "int" },
      { name: "ready", slot: 1, type: "bool" },
      { name: "ready_count", slot: 2, type: "int" },
      { name: "player_count", slot: 3, type: "int" }
    ]
  },
  "galaxy.gateway.SubscribeRequest": {
    fields: [
      { name: "resume_after", slot: 0, type: "long" }
    ]
  },
  "galaxy.gateway.ServerTime": {
    fields: [
      { name: "server_time_ms", slot: 0, type: "long" },
      { name: "newest_sequence", slot: 1, type: "long" }
    ]
  },
  "galaxy.gateway.Gap": {
    fields: [
      { name: "first_missing", slot: 0, type: "long" },
      { name: "last_missing", slot: 1, type: "long" },
      { name: "resumed_after", slot: 2, type: "long" }
    ]
  },
  "galaxy.gateway.Heartbeat": {
    fields: [
      { name: "server_time_ms", slot: 0, type: "long" }
    ]
  },
  "galaxy.lobby.CreateGameRequest": {
    fields: [
      { name: "game_name", slot: 0, type: "string", required: true },
      { name: "description", slot: 1, type: "string" },
      { name: "min_players", slot: 2, type: "int" },
      { name: "max_players", slot: 3, type: "int" },
      { name: "turn_schedule", slot: 4, type: "string", required: true },
      { name: "time_zone", slot: 5, type: "string" },
      { name: "engine_version", slot: 6, type: "string" },
      { name: "computer_players", slot: 7, type: "int", optional: true },
      { name: "early_turns", slot: 8, type: "bool", optional: true },
      { name: "missed_turns_reminder", slot: 9, type: "int", optional: true },
      { name: "missed_turns_limit", slot: 10, type: "int", optional: true },
      { name: "absence_action", slot: 11, type: "string" },
      { name: "enrollment_ends_at", slot: 12, type: "string" },
      { name: "race_name", slot: 13, type: "string" },
      { name: "idempotency_key", slot: 14, type: "string" }
    ]
  },
  "galaxy.lobby.UpdateGameRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string" },
      { name: "description", slot: 2, type: "string" },
      { name: "min_players", slot: 3, type: "int", optional: true },
      { name: "max_players", slot: 4, type: "int", optional: true },
      { name: "turn_schedule", slot: 5, type: "string" },
      { name: "time_zone", slot: 6, type: "string" },
      { name: "engine_version", slot: 7, type: "string" },
      { name: "computer_players", slot: 8, type: "int", optional: true },
      { name: "early_turns", slot: 9, type: "bool", optional: true },
      { name: "missed_turns_reminder", slot: 10, type: "int", optional: true },
      { name: "missed_turns_limit", slot: 11, type: "int", optional: true },
      { name: "absence_action", slot: 12, type: "string" },
      { name: "enrollment_ends_at", slot: 13, type: "string" }
    ]
  },
  "galaxy.lobby.GameRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true }
    ]
  },
  "galaxy.lobby.OwnSeat": {
    fields: [
      { name: "membership_id", slot: 0, type: "string", required: true },
      { name: "race_name", slot: 1, type: "string", required: true },
      { name: "status", slot: 2, type: "string", required: true },
      { name: "orders_given_at", slot: 3, type: "string" },
      { name: "orders", slot: 4, type: "int", optional: true },
      { name: "refused", slot: 5, type: "int", optional: true },
      { name: "ready", slot: 6, type: "bool" }
    ]
  },
  "galaxy.lobby.Game": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "owner_user_id", slot: 1, type: "string" },
      { name: "visibility", slot: 2, type: "string", required: true },
      { name: "status", slot: 3, type: "string", required: true },
      { name: "game_name", slot: 4, type: "string", required: true },
      { name: "description", slot: 5, type: "string", required: true },
      { name: "min_players", slot: 6, type: "int" },
      { name: "max_players", slot: 7, type: "int" },
      { name: "member_count", slot: 8, type: "int" },
      { name: "turn_schedule", slot: 9, type: "string", required: true },
      { name: "time_zone", slot: 10, type: "string", required: true },
      { name: "engine_version", slot: 11, type: "string" },
      { name: "current_turn", slot: 12, type: "int" },
      { name: "runtime_status", slot: 13, type: "string", required: true },
      { name: "failure_reason", slot: 14, type: "string" },
      { name: "next_turn_at", slot: 15, type: "string" },
      { name: "created_at", slot: 16, type: "string", required: true },
      { name: "updated_at", slot: 17, type: "string", required: true },
      { name: "started_at", slot: 18, type: "string" },
      { name: "finished_at", slot: 19, type: "string" },
      { name: "computer_players", slot: 20, type: "int" },
      { name: "early_turns", slot: 21, type: "bool" },
      { name: "missed_turns_reminder", slot: 22, type: "int", optional: true },
      { name: "missed_turns_limit", slot: 23, type: "int", optional: true },
      { name: "absence_action", slot: 24, type: "string" },
      { name: "enrollment_ends_at", slot: 25, type: "string" },
      { name: "membership", slot: 26, type: { table: "galaxy.lobby.OwnSeat" } },
      { name: "ruleset", slot: 27, type: { table: "galaxy.lobby.Ruleset" } }
    ]
  },
  "galaxy.lobby.Ruleset": {
    fields: [
      { name: "name", slot: 0, type: "string", required: true },
      { name: "constants", slot: 1, type: { vector: { table: "galaxy.lobby.RulesetConstant" } }, required: true }
    ]
  },
  "galaxy.lobby.RulesetConstant": {
    fields: [
      { name: "name", slot: 0, type: "string", required: true },
      { name: "number", slot: 1, type: "double", optional: true },
      { name: "text", slot: 2, type: "string" },
      { name: "flag", slot: 3, type: "bool", optional: true }
    ]
  },
  "galaxy.lobby.ListGamesRequest": {
    fields: [
      { name: "cursor", slot: 0, type: "string" },
      { name: "limit", slot: 1, type: "int", optional: true },
      { name: "open", slot: 2, type: "bool", optional: true },
      { name: "to_join", slot: 3, type: "bool", optional: true },
      { name: "name", slot: 4, type: "string" }
    ]
  },
  "galaxy.lobby.SchedulePreviewRequest": {
    fields: [
      { name: "turn_schedule", slot: 0, type: "string", required: true },
      { name: "time_zone", slot: 1, type: "string" }
    ]
  },
  "galaxy.lobby.ScheduleFires": {
    fields: [
      { name: "fires", slot: 0, type: { vector: "string" }, required: true }
    ]
  },
  "galaxy.lobby.ListRequest": {
    fields: [
      { name: "cursor", slot: 0, type: "string" },
      { name: "limit", slot: 1, type: "int", optional: true }
    ]
  },
  "galaxy.lobby.GameList": {
    fields: [
      { name: "games", slot: 0, type: { vector: { table: "galaxy.lobby.Game" } }, required: true },
      { name: "next_cursor", slot: 1, type: "string" }
    ]
  },
  "galaxy.lobby.IssueInviteRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "invited_user_id", slot: 1, type: "string" },
      { name: "expires_at", slot: 2, type: "string" },
      { name: "idempotency_key", slot: 3, type: "string" }
    ]
  },
  "galaxy.lobby.Invite": {
    fields: [
      { name: "invite_id", slot: 0, type: "string", required: true },
      { name: "game_id", slot: 1, type: "string", required: true },
      { name: "issuer_user_id", slot: 2, type: "string", required: true },
      { name: "invited_user_id", slot: 3, type: "string" },
      { name: "code", slot: 4, type: "string" },
      { name: "status", slot: 5, type: "string", required: true },
      { name: "expires_at", slot: 6, type: "string", required: true },
      { name: "created_at", slot: 7, type: "string", required: true },
      { name: "game_name", slot: 8, type: "string", required: true },
      { name: "issuer_name", slot: 9, type: "string", required: true },
      { name: "turn_schedule", slot: 10, type: "string", required: true },
      { name: "time_zone", slot: 11, type: "string", required: true },
      { name: "members", slot: 12, type: "int" },
      { name: "max_players", slot: 13, type: "int" }
    ]
  },
  "galaxy.lobby.LookAtInviteRequest": {
    fields: [
      { name: "code", slot: 0, type: "string", required: true }
    ]
  },
  "galaxy.lobby.InviteLook": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "invite_id", slot: 1, type: "string", required: true },
      { name: "game_name", slot: 2, type: "string", required: true },
      { name: "issuer_name", slot: 3, type: "string", required: true },
      { name: "turn_schedule", slot: 4, type: "string", required: true },
      { name: "time_zone", slot: 5, type: "string", required: true },
      { name: "members", slot: 6, type: "int" },
      { name: "max_players", slot: 7, type: "int" },
      { name: "expires_at", slot: 8, type: "string", required: true }
    ]
  },
  "galaxy.lobby.InviteList": {
    fields: [
      { name: "invites", slot: 0, type: { vector: { table: "galaxy.lobby.Invite" } }, required: true },
      { name: "next_cursor", slot: 1, type: "string" }
    ]
  },
  "galaxy.lobby.RedeemInviteRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "invite_id", slot: 1, type: "string", required: true },
      { name: "race_name", slot: 2, type: "string", required: true },
      { name: "code", slot: 3, type: "string" }
    ]
  },
  "galaxy.lobby.InviteRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "invite_id", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.lobby.Membership": {
    fields: [
      { name: "membership_id", slot: 0, type: "string", required: true },
      { name: "game_id", slot: 1, type: "string", required: true },
      { name: "user_id", slot: 2, type: "string", required: true },
      { name: "race_name", slot: 3, type: "string", required: true },
      { name: "status", slot: 4, type: "string", required: true },
      { name: "joined_at", slot: 5, type: "string", required: true },
      { name: "display_name", slot: 6, type: "string", required: true }
    ]
  },
  "galaxy.lobby.MembershipRequest": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "membership_id", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.lobby.ComputerSeat": {
    fields: [
      { name: "seat", slot: 0, type: "int" },
      { name: "race_name", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.lobby.MembershipList": {
    fields: [
      { name: "memberships", slot: 0, type: { vector: { table: "galaxy.lobby.Membership" } }, required: true },
      { name: "computer_players", slot: 1, type: { vector: { table: "galaxy.lobby.ComputerSeat" } } }
    ]
  },
  "galaxy.notices.ListRequest": {
    fields: [
      { name: "cursor", slot: 0, type: "string" },
      { name: "limit", slot: 1, type: "int", optional: true }
    ]
  },
  "galaxy.notices.Notice": {
    fields: [
      { name: "sequence", slot: 0, type: "long" },
      { name: "kind", slot: 1, type: "string", required: true },
      { name: "payload", slot: 2, type: "json", required: true },
      { name: "created_at", slot: 3, type: "string", required: true },
      { name: "read", slot: 4, type: "bool" }
    ]
  },
  "galaxy.notices.NoticeList": {
    fields: [
      { name: "notices", slot: 0, type: { vector: { table: "galaxy.notices.Notice" } }, required: true },
      { name: "next_cursor", slot: 1, type: "string" }
    ]
  },
  "galaxy.notices.ReadRequest": {
    fields: [
      { name: "up_to", slot: 0, type: "long" }
    ]
  },
  "galaxy.notices.Unread": {
    fields: [
      { name: "unread", slot: 0, type: "int" }
    ]
  },
  "galaxy.push.GameTurnReady": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "turn", slot: 1, type: "int" }
    ]
  },
  "galaxy.push.LobbyInviteReceived": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "invite_id", slot: 1, type: "string", required: true },
      { name: "game_name", slot: 2, type: "string", required: true },
      { name: "issuer_user_id", slot: 3, type: "string", required: true },
      { name: "expires_at", slot: 4, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyInviteRevoked": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "invite_id", slot: 1, type: "string", required: true },
      { name: "game_name", slot: 2, type: "string" }
    ]
  },
  "galaxy.push.LobbyApplicationApproved": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "application_id", slot: 2, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyApplicationRejected": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "application_id", slot: 2, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyMembershipRemoved": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "membership_id", slot: 2, type: "string", required: true },
      { name: "reason", slot: 3, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyMembershipBlocked": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "membership_id", slot: 2, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyGameCancelled": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyGamePaused": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyGameResumed": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyRaceNameRegistered": {
    fields: [
      { name: "race_name", slot: 0, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyRaceNamePending": {
    fields: [
      { name: "race_name", slot: 0, type: "string", required: true },
      { name: "game_id", slot: 1, type: "string", required: true },
      { name: "game_name", slot: 2, type: "string", required: true },
      { name: "expires_at", slot: 3, type: "string", required: true }
    ]
  },
  "galaxy.push.LobbyRaceNameExpired": {
    fields: [
      { name: "race_name", slot: 0, type: "string", required: true }
    ]
  },
  "galaxy.push.GameStarted": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.push.GameFinished": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "turn", slot: 2, type: "int" }
    ]
  },
  "galaxy.push.GameGenerationFailed": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "turn", slot: 2, type: "int" }
    ]
  },
  "galaxy.push.GameTurnDelayed": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "turn", slot: 2, type: "int" },
      { name: "next_turn_at", slot: 3, type: "string", required: true }
    ]
  },
  "galaxy.push.GameTurnMissed": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "turn", slot: 2, type: "int" },
      { name: "missed", slot: 3, type: "int" }
    ]
  },
  "galaxy.push.GameSeatTakenOver": {
    fields: [
      { name: "game_id", slot: 0, type: "string", required: true },
      { name: "game_name", slot: 1, type: "string", required: true },
      { name: "race_name", slot: 2, type: "string", required: true }
    ]
  },
  "galaxy.user.GetAccountRequest": { fields: [] },
  "galaxy.user.Entitlement": {
    fields: [
      { name: "tier", slot: 0, type: "string", required: true },
      { name: "max_registered_race_names", slot: 1, type: "int" },
      { name: "plan_code", slot: 2, type: "string", required: true },
      { name: "is_paid", slot: 3, type: "bool" },
      { name: "source", slot: 4, type: "string", required: true },
      { name: "starts_at", slot: 5, type: "string" },
      { name: "ends_at", slot: 6, type: "string" },
      { name: "max_open_games", slot: 7, type: "int" },
      { name: "max_games_in_play", slot: 8, type: "int" },
      { name: "max_memberships", slot: 9, type: "int" }
    ]
  },
  "galaxy.user.ActiveSanction": {
    fields: [
      { name: "sanction_code", slot: 0, type: "string", required: true },
      { name: "applied_at", slot: 1, type: "string", required: true }
    ]
  },
  "galaxy.user.ActiveLimit": {
    fields: [
      { name: "limit_code", slot: 0, type: "string", required: true },
      { name: "value", slot: 1, type: "int" }
    ]
  },
  "galaxy.user.Account": {
    fields: [
      { name: "user_id", slot: 0, type: "string", required: true },
      { name: "email", slot: 1, type: "string", required: true },
      { name: "user_name", slot: 2, type: "string", required: true },
      { name: "display_name", slot: 3, type: "string", required: true },
      { name: "preferred_language", slot: 4, type: "string", required: true },
      { name: "time_zone", slot: 5, type: "string", required: true },
      { name: "declared_country", slot: 6, type: "string" },
      { name: "entitlement", slot: 7, type: { table: "galaxy.user.Entitlement" }, required: true },
      { name: "sanctions", slot: 8, type: { vector: { table: "galaxy.user.ActiveSanction" } }, required: true },
      { name: "limits", slot: 9, type: { vector: { table: "galaxy.user.ActiveLimit" } }, required: true },
      { name: "created_at", slot: 10, type: "string", required: true },
      { name: "updated_at", slot: 11, type: "string", required: true },
      { name: "mail_kinds_off", slot: 12, type: { vector: "string" }, required: true }
    ]
  },
  "galaxy.user.DeleteAccountRequest": { fields: [] },
  "galaxy.user.UpdateProfileRequest": {
    fields: [
      { name: "display_name", slot: 0, type: "string" }
    ]
  },
  "galaxy.user.UpdateSettingsRequest": {
    fields: [
      { name: "preferred_language", slot: 0, type: "string" },
      { name: "time_zone", slot: 1, type: "string" },
      { name: "mail_kinds_off", slot: 2, type: { vector: "string" } }
    ]
  },
  "galaxy.user.ListSessionsRequest": { fields: [] },
  "galaxy.user.Session": {
    fields: [
      { name: "device_session_id", slot: 0, type: "string", required: true },
      { name: "created_at", slot: 1, type: "string", required: true },
      { name: "last_seen_at", slot: 2, type: "string" },
      { name: "device_label", slot: 3, type: "string" },
      { name: "current", slot: 4, type: "bool" }
    ]
  },
  "galaxy.user.SessionList": {
    fields: [
      { name: "sessions", slot: 0, type: { vector: { table: "galaxy.user.Session" } }, required: true }
    ]
  },
  "galaxy.user.RevokeSessionRequest": {
    fields: [
      { name: "device_session_id", slot: 0, type: "string", required: true }
    ]
  },
  "galaxy.user.RevokeAllSessionsRequest": { fields: [] },
  "galaxy.user.RevokedSessions": {
    fields: [
      { name: "revoked", slot: 0, type: { vector: "string" }, required: true }
    ]
  }
} as const satisfies Record<string, Table>

export type TableName = keyof typeof tables
