/** The list of engines. */
import type { Engine } from "./engine.ts";
import { reference } from "./reference.ts";
import { wasm } from "./wasm/wasm.ts";

/** The engines by name. */
export const engines = { reference, wasm } as const satisfies Record<string, Engine>;
