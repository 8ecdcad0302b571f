/** The contents of @adjoint/compiler: names only. */
export { type Compiled, type CompileOptions, compile } from "./compile.ts";
export { type EngineChoice, type EngineName, engineNames } from "./engines/all.ts";
export type { Engine } from "./engines/engine.ts";
export type { PlannedPart, ProgramPlan } from "./explain/plan.ts";
export type { Program, ProgramState } from "./program.ts";
export type { AppliedRewrite } from "./rewrite/applied.ts";
export { loadProgramState, programState, stateNames } from "./states.ts";
export { trace } from "./trace/trace.ts";
