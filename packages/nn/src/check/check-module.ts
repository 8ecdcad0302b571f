/**
 * checkModule: checks the gradients of a whole module, layer by layer, for inputs and parameters, so that a mistake is
 * found in the layer that makes it.
 */
import { asVariable, constant, noGrad, substitute, type Variable, withoutTrace } from "@adjoint/autograd";
import { type GradcheckOptions, gradcheck } from "@adjoint/gradcheck";
import { checkOptions, isFloat, kernels, SpecError } from "@adjoint/tensor";
import { placed } from "@adjoint/tensor/internal";
import { inputsFrom, type ModelInputs, type ModelTargets } from "../model/inputs.ts";
import { Model } from "../model/model.ts";
import { type CheckedModule, lossesOf, type Part, partsOf } from "./parts.ts";
import { type LayerReport, type ModuleReport, renderModuleReport } from "./render.ts";

/** Options of {@link checkModule}. */
export interface CheckModuleOptions extends Pick<GradcheckOptions, "seed" | "mode" | "order"> {
  /** Targets for the output: then the loss that the module ends in is checked, too. */
  readonly t?: ModelTargets;
  /** Whether layers run as in training (dropout draws, batch normalization takes the batch's statistics). Default true. */
  readonly train?: boolean;
  /** Called before each layer is checked, and with `null` at the end: for a progress bar. */
  readonly onProgress?: (progress: {
    readonly done: number;
    readonly total: number;
    readonly layer: string | null;
  }) => void;
}

/** The names of the inputs and the parameters, as the report has them: `input`, `conv1.weight`. */
function namesOf({ name, parameters, sources }: Part): string[] {
  const full = (key: string): string => (key.includes(".") ? key : `${name}.${key}`);
  const inputs = sources.length === 1 ? ["input"] : sources.map((_, i) => `input ${i + 1}`);
  return [...inputs, ...Object.keys(parameters).map(full)];
}

/** The inputs in float64; labels keep their dtype. */
function startsOf(module: CheckedModule, input: ModelInputs): Variable[] {
  const given =
    module instanceof Model
      ? inputsFrom("checkModule", input, module.inputs, "float64")
      : [asVariable("checkModule", input, "input")];
  return given.map(({ value }) => constant(isFloat(value.dtype) ? kernels.cast(value, "float64") : value));
}

/**
 * Checks the gradients of every layer of a module: with respect to what goes into it, and to each parameter.
 *
 * The input runs through the layers in float64; each is checked by `gradcheck` alone, at what really reaches it. The
 * module is left as it was: parameters, running statistics and random generators do not change, and dropout draws the
 * same mask each time.
 *
 * ```ts
 * const report = checkModule(net, rng(0).normal([2, 1, 28, 28]));
 * console.log(String(report)); // a line for each layer; for the first wrong one, what its mistake looks like
 * ```
 *
 * @param module what `build(spec)` gives, a network of the book, or a layer
 * @param input  a batch that the module takes (batches by name for several inputs); a few samples are enough
 * @throws SpecError for what has no layers, or targets without a loss; ShapeError naming the layer when the input does not fit
 */
export function checkModule(module: CheckedModule, input: ModelInputs, options: CheckModuleOptions = {}): ModuleReport {
  checkOptions("checkModule", options, ["seed", "mode", "order", "t", "train", "onProgress"]);
  const { train = true, t, onProgress, ...rest } = options;
  const layers = partsOf(module);
  const losses = t === undefined ? [] : lossesOf(module, t, layers);
  if (t !== undefined && losses.length === 0) {
    throw SpecError.of("checkModule", "t", "targets", "a model or a network with a loss", {
      problem: "there are targets, but the module has no loss",
      hint: "Leave t out, or pass the whole network.",
    });
  }
  const parts = [...layers, ...losses];
  const values = startsOf(module, input);
  const reports = parts.flatMap((part, done): LayerReport[] => {
    onProgress?.({ done, total: parts.length, layer: part.name });
    const leaves = Object.values(part.parameters);
    const inputs = part.sources.map((source) => values[source]);
    const forward = (...all: Variable[]): Variable =>
      withoutTrace(() => {
        const replaced = leaves.map((leaf, i) => [leaf, all[inputs.length + i]] as const);
        return substitute(replaced, () => part.forward(all.slice(0, inputs.length), { train }));
      });
    return placed(`layer "${part.name}"`, () => {
      const y = noGrad(() => forward(...inputs, ...leaves.map(inFloat64)));
      values.push(y);
      // Labels have no gradient.
      if (!isFloat(y.dtype)) return [];
      const report = gradcheck(forward, [...inputs, ...leaves], { ...rest, names: namesOf(part) });
      return [{ name: part.name, ok: report.ok, report }];
    });
  });
  onProgress?.({ done: parts.length, total: parts.length, layer: null });
  const firstWrong = reports.find(({ ok }) => !ok)?.name ?? null;
  const report = { ok: firstWrong === null, firstWrong, layers: reports };
  const text = (): string => renderModuleReport(report);
  for (const name of ["toString", Symbol.for("nodejs.util.inspect.custom")]) {
    Object.defineProperty(report, name, { value: text, enumerable: false });
  }
  return report;
}

function inFloat64(leaf: Variable): Variable {
  return constant(kernels.cast(leaf.value, "float64"));
}
