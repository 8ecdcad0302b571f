/**
 * The contents of @adjoint/compiler/internal: what engines in other packages need besides the public names. It is not public,
 * and changes without notice.
 */
export { checkEngine, provideEngine, readyBy } from "./engines/all.ts";
export type { EngineOptions, Executable, Part, Run, StateAccess } from "./engines/engine.ts";
export { behind, constantOf, type NodeAt, numberOf, turnOf } from "./recognize/nodes.ts";
export {
  convolutionAt,
  filterGradientsAt,
  imageGradientsAt,
  maxPoolingAt,
  maxUnpoolingAt,
  type WindowAttributes,
  type Windows,
  windowRowsAt,
  windowsAt,
  windowsOn,
} from "./recognize/windows.ts";
export type { HasForm } from "./rewrite/composition.ts";
export { composed, rewritten } from "./rewrite/rewrite.ts";
