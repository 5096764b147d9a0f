/**
 * What the suite knows of an engine, and what a check of it is.
 *
 * A check is a program of its own on engines of its own: none relies on another, and each can be run alone.
 */
import type { Effect, Scope } from "effect"

export type Json = Readonly<Record<string, unknown>>

/** An engine that answers. */
export interface RunningEngine {
  readonly baseUrl: string
}

export interface Subject<Engine extends RunningEngine> {
  /** A new engine on an empty folder, for as long as the scope is open. */
  readonly start: Effect.Effect<Engine, unknown, Scope.Scope>
  /** Kills the engine without a warning (`kill -9`) and starts another one on its folder. */
  readonly restart?: (engine: NoInfer<Engine>) => Effect.Effect<NoInfer<Engine>, unknown, Scope.Scope>
  /**
   * An order that a race can give with what its newest report shows. Each number gives another order; several of them
   * are accepted in one list, in whatever sequence.
   */
  readonly validOrder: (report: Json, number: number) => Json
  /** An order that is well-formed and that no race can ever give. */
  readonly refusedOrder: Json
  /** `options` of the init request. */
  readonly options?: Json
  /** What `/healthz` has to say of itself. */
  readonly version?: string
}

export interface Check {
  readonly name: string
  run<Engine extends RunningEngine>(subject: Subject<Engine>): Effect.Effect<void, unknown, Scope.Scope>
}

/** A check of engines that can be killed and started again. */
export interface SurvivalCheck {
  readonly name: string
  run<Engine extends RunningEngine>(
    subject: Subject<Engine>,
    restart: (engine: Engine) => Effect.Effect<Engine, unknown, Scope.Scope>
  ): Effect.Effect<void, unknown, Scope.Scope>
}
