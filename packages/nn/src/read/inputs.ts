/** The inputs of a spec: whether each has the form of a shape, or of a shape and a type. */
import { layerName } from "../layers/kind/options.ts";
import type { UnclearSpec } from "../plan/unclear.ts";
import type { Notes } from "./mend.ts";
import type { Path } from "./mistake.ts";
import { type InputSpec, inputRule, shape, typedInput } from "./model-spec.ts";
import { isObject } from "./plain.ts";
import { shown } from "./words.ts";

/** The inputs, as null where they are not understood: of shapes behind them nothing is known then. */
export function readInputs(
  { input, inputs }: Readonly<Record<string, unknown>>,
  notes: Notes,
): Pick<UnclearSpec, "input" | "inputs"> {
  if (input === undefined && inputs === undefined) {
    notes.add({
      path: ["input"],
      problem: "input is missing",
      hint: "Say the shape of one sample: input: [1, 28, 28].",
    });
  }
  if (input !== undefined && inputs !== undefined) {
    notes.add({
      path: ["inputs"],
      problem: "there are both input and inputs",
      hint: "Use inputs for several, input for one.",
    });
  }
  const only = input === undefined ? null : readInput(input, ["input"], notes);
  if (!isObject(inputs)) return { input: only };
  const byName = Object.entries(inputs).map(([name, of]) => {
    if (layerName.safeParse(name).success) return [name, readInput(of, ["inputs", name], notes)] as const;
    const problem = `the input name ${shown(name)} is no name of letters, digits, _ and -`;
    notes.add({ path: ["inputs", name], problem });
    return [name, null] as const;
  });
  return { inputs: Object.fromEntries(input === undefined ? byName : [...byName, ["input", null]]) };
}

/** An input, or null where it is not understood. */
function readInput(value: unknown, path: Path, notes: Notes): InputSpec | null {
  const before = notes.mistakes.length;
  if (Array.isArray(value)) notes.read(shape, value, path, []);
  else if (isObject(value)) notes.read(typedInput, value, path, ["shape", "type"]);
  else notes.add({ path, problem: `${path.join(".")} is ${shown(value)}; it ${inputRule.error}` });
  return notes.mistakes.length === before ? (value as InputSpec) : null;
}
