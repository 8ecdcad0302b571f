/** The kinds that hold or repeat other layers: they are taken apart before anything runs, see plan/expand.ts. */
import * as z from "zod/mini";
import { count, layerSchema, list, text } from "./options.ts";

/** How many layers a list may hold. */
export const MOST_LAYERS = 10_000;

const layersRule = { error: `must be an array of 1 to ${MOST_LAYERS} layers` };
const nested = list(z.unknown(), 1, MOST_LAYERS, layersRule);
const nameRule = { error: "must be the name of a layer above" };

/** The forms of structures; the layers inside are checked one by one. */
export const structures = {
  block: { prefix: "block", schema: layerSchema("block", { layers: nested, repeat: z.optional(count(1)) }) },
  residual: { prefix: "residual", schema: layerSchema("residual", { layers: nested, shortcut: z.optional(nested) }) },
  shared: {
    prefix: "shared",
    schema: layerSchema("shared", { layer: text(1, 200, nameRule) }),
  },
} as const;

/** The names of structures. */
export type StructureName = keyof typeof structures;

/** The options of structures that hold layers. */
export const nestedLists = ["layers", "shortcut"] as const;
