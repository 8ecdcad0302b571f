/**
 * Programs are functions as graphs, with all that they read and change outside of themselves as states. `compile` makes a
 * function run as a program; `trace` gives the program alone. Import the names of this page from `adjoint`.
 *
 * @module Programs
 */
export {
  type AppliedRewrite,
  type Compiled,
  type CompileOptions,
  compile,
  type Engine,
  type EngineChoice,
  type EngineName,
  engineNames,
  loadProgramState,
  type PlannedPart,
  type Program,
  type ProgramPlan,
  type ProgramState,
  programState,
  stateNames,
  trace,
} from "adjoint";
