/** The list of engines. */
import type { Engine } from "./engine.ts";
import { reference } from "./reference.ts";

/** The engines by name. */
export const engines = { reference } as const satisfies Record<string, Engine>;
