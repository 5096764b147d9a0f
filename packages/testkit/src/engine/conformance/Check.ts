/**
 * What the suite needs from an engine, and what a check is.
 *
 * Each check starts its own engines: none relies on another, and each can be run alone.
 */
import { Data, type Effect, type Scope } from "effect"

/** A JSON object whose contents are up to the engine. */
export type JsonFields = Readonly<Record<string, unknown>>

/** An engine that accepts calls. */
export interface RunningEngine {
  readonly baseUrl: string
  /** The `GALAXY_ENGINE_TOKEN` that it was started with. */
  readonly token: string
}

/** How a program ended, with the end of its standard error. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
}

/** The program doesn't serve. If it has ended by itself, `ended` says how. */
export class NotServing extends Data.TaggedError("NotServing")<{ readonly reason: string; readonly ended?: Ended }> {
  override get message(): string {
    return `the engine doesn't serve: ${this.reason}`
  }
}

/** An engine as a program on this machine, for the checks of how it starts and ends. */
export interface ProgramUnderTest<Engine extends RunningEngine> {
  /** Starts one on a folder. `variables` are added to the usual environment, or replace parts of it. */
  startOn(folder: string, variables?: Readonly<Record<string, string>>): Effect.Effect<Engine, NotServing, Scope.Scope>
  folderOf(engine: Engine): string
  /** `SIGTERM` asks the program to end, `SIGKILL` ends it. */
  signal(engine: Engine, signal: "SIGTERM" | "SIGKILL"): Effect.Effect<void>
  /** Ends its standard input, as happens when the process that started it ends. */
  endInput(engine: Engine): Effect.Effect<void>
  /** Waits until it has ended. */
  ended(engine: Engine): Effect.Effect<Ended>
}

/** Why a check could not be tried on this engine. The check then says nothing about the engine. */
export class NotTried extends Data.TaggedError("NotTried")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/** How the suite gets engines, and valid input for them. Checks that need an absent part are skipped, not passed. */
export interface EngineUnderTest<Engine extends RunningEngine> {
  /** A new engine on an empty folder, which ends when the scope closes. */
  readonly start: Effect.Effect<Engine, unknown, Scope.Scope>
  /** Kills the engine without warning (`kill -9`) and starts another one on its folder. */
  readonly restart?: (engine: NoInfer<Engine>) => Effect.Effect<NoInfer<Engine>, unknown, Scope.Scope>
  /** The program itself; without it, the checks of how it starts and ends are skipped. */
  readonly program?: ProgramUnderTest<NoInfer<Engine>>
  /**
   * An order that a race can give according to its newest report. Each number gives a different order; several of them
   * are accepted in one list, in any sequence.
   */
  readonly validOrder: (report: JsonFields, number: number) => JsonFields
  /** An order that is well-formed and that no race can ever give. */
  readonly refusedOrder: JsonFields
  /** `options` of the init request. */
  readonly options?: JsonFields
  /** The version that `/healthz` must report; any, if absent. */
  readonly version?: string
}

/** A check that every engine can take. It fails or dies if the engine breaks the contract; `NotTried` skips it. */
export interface Check {
  readonly name: string
  run<Engine extends RunningEngine>(subject: EngineUnderTest<Engine>): Effect.Effect<void, unknown, Scope.Scope>
}

/** A check of engines that can be killed and started again. */
export interface SurvivalCheck {
  readonly name: string
  run<Engine extends RunningEngine>(
    subject: EngineUnderTest<Engine>,
    restart: (engine: Engine) => Effect.Effect<Engine, unknown, Scope.Scope>
  ): Effect.Effect<void, unknown, Scope.Scope>
}

/** A check of engines that are programs on this machine. */
export interface ProgramCheck {
  readonly name: string
  run<Engine extends RunningEngine>(
    subject: EngineUnderTest<Engine>,
    program: ProgramUnderTest<Engine>
  ): Effect.Effect<void, unknown, Scope.Scope>
}
