/**
 * What the suite knows of an engine, and what a check of it is.
 *
 * A check is a program of its own on engines of its own: none relies on another, and each can be run alone.
 */
import { Data, type Effect, type Scope } from "effect"

export type JsonFields = Readonly<Record<string, unknown>>

/** An engine that answers. */
export interface RunningEngine {
  readonly baseUrl: string
  /** The `GALAXY_ENGINE_TOKEN` that it was started with. */
  readonly token: string
}

/** How a program ended, with the last that it said on standard error. */
export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
}

/** A program that doesn't serve; it may have ended by itself. */
export class NotServing extends Data.TaggedError("NotServing")<{ readonly reason: string; readonly ended?: Ended }> {
  override get message(): string {
    return `the engine doesn't serve: ${this.reason}`
  }
}

/** An engine as a program on this machine, for the checks of how it begins and ends. */
export interface ProgramUnderTest<Engine extends RunningEngine> {
  /** Starts one on a folder; the variables come beside the usual ones, or instead of them. */
  startOn(folder: string, variables?: Readonly<Record<string, string>>): Effect.Effect<Engine, NotServing, Scope.Scope>
  folderOf(engine: Engine): string
  /** `SIGTERM` asks for the end, `SIGKILL` is the end. */
  signal(engine: Engine, signal: "SIGTERM" | "SIGKILL"): Effect.Effect<void>
  /** Ends its standard input, as the end of the process that started it does. */
  endInput(engine: Engine): Effect.Effect<void>
  /** Waits for its end. */
  ended(engine: Engine): Effect.Effect<Ended>
}

/** Why a check could not be tried on this engine. Nothing is wrong with the engine, and nothing is known either. */
export class NotTried extends Data.TaggedError("NotTried")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

export interface EngineUnderTest<Engine extends RunningEngine> {
  /** A new engine on an empty folder, for as long as the scope is open. */
  readonly start: Effect.Effect<Engine, unknown, Scope.Scope>
  /** Kills the engine without a warning (`kill -9`) and starts another one on its folder. */
  readonly restart?: (engine: NoInfer<Engine>) => Effect.Effect<NoInfer<Engine>, unknown, Scope.Scope>
  /** The program itself; without it, the checks of how it begins and ends are skipped. */
  readonly program?: ProgramUnderTest<NoInfer<Engine>>
  /**
   * An order that a race can give with what its newest report shows. Each number gives another order; several of them
   * are accepted in one list, in whatever sequence.
   */
  readonly validOrder: (report: JsonFields, number: number) => JsonFields
  /** An order that is well-formed and that no race can ever give. */
  readonly refusedOrder: JsonFields
  /** `options` of the init request. */
  readonly options?: JsonFields
  /** What `/healthz` has to say of itself. */
  readonly version?: string
}

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
