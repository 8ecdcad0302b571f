/**
 * Whether a value has the form of a spec: names, kinds, options and their ranges. What is wrong is told with its place, and
 * mended as far as it is clear what was meant, so that what comes after it can be checked, too.
 */
import type { Kit } from "../kinds/kit.ts";
import type { Mistake, Path } from "../mistake.ts";
import { modelSchema } from "../model-spec.ts";
import type { UnclearSpec } from "../plan/unclear.ts";
import { readInputs } from "./inputs.ts";
import { LayerReader } from "./layers.ts";
import { readLosses, readMetrics } from "./losses.ts";
import { Notes } from "./mend.ts";
import { isObject } from "./plain.ts";

const modelFields = Object.keys(modelSchema.shape).filter((key) => key !== "$schema");

/** What was found: a spec that can be looked at further, as far as it was understood, and all mistakes of form. */
export interface Structure {
  readonly mistakes: readonly Mistake[];
  /** Null where nothing is left to look at. */
  readonly mended: UnclearSpec | null;
  /** Where in the given value a path of a mistake leads: misspelled names are read as the right ones. */
  readonly given: (path: Path) => Path;
}

/** The form of a value, and what is wrong with it. */
export function structureOf(value: unknown, kit: Kit): Structure {
  const notes = new Notes();
  const { mistakes } = notes;
  const given = (path: Path): Path => notes.given(path);
  const own = notes.mend(modelSchema, value, [], modelFields);
  if (!isObject(value) || own === null) return { mistakes, mended: null, given };
  // Fields that are wrong are looked at as they are: they are not missing.
  const fields: Readonly<Record<string, unknown>> = { ...value, ...own };
  const inputs = readInputs(fields, notes);
  const layers = new LayerReader(kit, notes).list(fields.layers, ["layers"], 0);
  const losses = readLosses(fields, notes);
  readMetrics(fields.metrics, notes);
  if (layers === null) return { mistakes, mended: null, given };
  const { input: _, inputs: __, loss: ___, losses: ____, ...rest } = own as unknown as UnclearSpec;
  return { mistakes, mended: { ...rest, ...inputs, ...losses, layers }, given };
}
