// Checks of layers and models: names only.
export { type CheckModuleOptions, checkModule } from "../check/check-module.ts";
export type { CheckedLayer, CheckedModule } from "../check/parts.ts";
export type { LayerReport, ModuleReport } from "../check/render.ts";
