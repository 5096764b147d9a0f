/** Which files are mutated, and for each the test files that must notice, the quick ones first. */

export interface Target {
  readonly source: string
  readonly tests: ReadonlyArray<string>
}

const core = (file: string) => `packages/core/test/${file}`
const edge = (file: string) => `packages/edge/test/${file}`

const envelope = [edge("Verifier.test.ts")]
const invites = [core("lobby/invite/InviteCode.test.ts"), core("lobby/invite/Invites.test.ts")]
const games = [
  core("lobby/game/GameState.test.ts"),
  core("lobby/game/Games.test.ts"),
  core("lobby/GameEvents.test.ts"),
  core("lobby/Concurrency.test.ts")
]
const codes = [
  core("auth/values.test.ts"),
  core("auth/Challenges.test.ts"),
  core("auth/Bounds.test.ts"),
  core("auth/SignInNetworks.test.ts"),
  core("auth/Statements.test.ts")
]
const mail = [
  core("mail/MailQueue.test.ts"),
  core("mail/MailDeliveries.test.ts"),
  core("mail/MailOutbox.test.ts"),
  core("mail/MailWorker.test.ts")
]
const fencing = [
  core("runtime/Turns.test.ts"),
  core("runtime/Starts.test.ts"),
  core("runtime/Jobs.test.ts"),
  core("runtime/Scheduler.test.ts"),
  core("runtime/TwoOwners.test.ts")
]

export const targets: ReadonlyArray<Target> = [
  { source: "packages/contract/src/signing/SigningInput.ts", tests: ["packages/contract/test/signing.test.ts"] },
  { source: "packages/edge/src/Verifier.ts", tests: envelope },
  { source: "packages/contract/src/net/Address.ts", tests: [edge("address.test.ts"), core("auth/values.test.ts")] },
  {
    source: "packages/edge/src/ClockSteps.ts",
    tests: [edge("ClockSteps.test.ts"), "packages/host-node/test/gateway/replayContract.test.ts"]
  },
  { source: "packages/edge/src/LossWatch.ts", tests: ["packages/host-node/test/gateway/replayContract.test.ts"] },
  { source: "packages/edge/src/VouchedTime.ts", tests: [edge("VouchedTime.test.ts")] },
  {
    source: "packages/edge/src/Budgets.ts",
    tests: [edge("Budgets.test.ts"), "packages/host-node/test/config/gatewayLimits.test.ts"]
  },
  { source: "packages/edge/src/ReplayStore.ts", tests: [edge("ReplayStore.test.ts"), ...envelope] },
  {
    source: "packages/edge/src/ReservationTable.ts",
    tests: [edge("ReplayStore.test.ts"), ...envelope, "packages/host-node/test/gateway/FileReplayStore.test.ts"]
  },
  ...["session", "freshness", "form", "authenticity", "replay", "budget"].map((stage) => ({
    source: `packages/edge/src/stages/${stage}.ts`,
    tests: envelope
  })),
  { source: "packages/edge/src/stages/Stage.ts", tests: [edge("stages.test.ts"), ...envelope] },
  {
    source: "packages/host-node/src/gateway/commandMessage.ts",
    tests: ["packages/host-node/test/gateway/commandMessage.test.ts"]
  },
  {
    source: "packages/host-node/src/gateway/FileReplayStore.ts",
    tests: ["packages/host-node/test/gateway/FileReplayStore.test.ts"]
  },
  ...["LoginCode", "Challenges", "ChallengeStore", "SignInNetworks", "SourceNetwork"].map((name) => ({
    source: `packages/core/src/auth/${name}.ts`,
    tests: codes
  })),
  ...["GameState", "GameAccess", "Games"].map((name) => ({
    source: `packages/core/src/lobby/game/${name}.ts`,
    tests: games
  })),
  { source: "packages/core/src/lobby/invite/Invites.ts", tests: invites },
  { source: "packages/core/src/lobby/invite/InviteCode.ts", tests: invites },
  ...["MailWorker", "MailQueue", "MailOutbox", "MailDeliveries"].map((name) => ({
    source: `packages/core/src/mail/${name}.ts`,
    tests: mail
  })),
  ...["RuntimeStore", "TurnJob", "StartJob", "GameWork", "Attempts"].map((name) => ({
    source: `packages/core/src/runtime/${name}.ts`,
    tests: fencing
  }))
]
