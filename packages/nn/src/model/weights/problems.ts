/** The error that lists all mistakes of weights. */
import { type AdjointError, formatShape, printableLine, ShapeError, SpecError, Tensor } from "@adjoint/tensor";
import { didYouMean, quoted } from "./words.ts";

/** Something wrong with a tensor or a name. */
export interface Problem {
  /** A sentence without its full stop. */
  readonly text: string;
  readonly isShape: boolean;
  /** The likely fix, as a sentence. */
  readonly hint?: string | undefined;
  /** The tensor whose shape does not fit. */
  readonly tensor?: string;
}

/** A parameter without a tensor. */
export interface Missing {
  readonly parameter: string;
  /** The names that were tried. */
  readonly wanted: readonly string[];
  /** The entry of the name map. */
  readonly entry: string | null;
  /** Whether some of its tensors are there. */
  readonly isPart: boolean;
}

/** Comparing each missing name with each unused one takes long where there are thousands of both. */
const MOST_COMPARISONS = 40_000;

/** The mistakes of a loading. */
export interface Findings {
  readonly problems: readonly Problem[];
  readonly missing: readonly Missing[];
  /** Names of tensors that no layer takes. */
  readonly unused: readonly string[];
}

type Tensors = Readonly<Record<string, Tensor>>;

/** @returns a ShapeError where nothing but shapes is wrong */
export function weightsError(findings: Findings, state: Tensors, tensors: Tensors, partial: boolean): AdjointError {
  const { problems, missing, unused } = findings;
  const near = missing.length * unused.length > MOST_COMPARISONS ? [] : unused;
  const lines = [
    ...problems.map(({ text }) => text),
    ...missing.map(({ parameter, wanted }) => {
      const names = wanted.map((name) => quoted(name) + didYouMean(name, near));
      return `${parameter} has no tensor ${names.join(" and ")}`;
    }),
    ...(unused.length > 0 ? [`no layer takes ${unused.map(quoted).join(", ")}`] : []),
  ].map(printableLine);
  const onlyShapes = lines.length === problems.length && problems.every(({ isShape }) => isShape);
  return new (onlyShapes ? ShapeError : SpecError)({
    op: "loadWeights",
    problem: `the tensors do not fit this model:${lines.length === 1 ? ` ${lines[0]}` : `\n  ${lines.join("\n  ")}`}`,
    argument: "tensors",
    expected: contents(state),
    received: contents(tensors),
    hint: hintFor(findings, partial),
  });
}

function contents(tensors: Tensors): string {
  return Object.entries(tensors)
    .map(([name, x]) => (x instanceof Tensor ? `${name} ${formatShape(x.shape)}` : name))
    .join(", ");
}

function hintFor({ problems, missing, unused }: Findings, partial: boolean): string | undefined {
  const known = problems.find(({ hint }) => hint !== undefined);
  if (known !== undefined) return known.hint;
  const misfits = [...new Set(problems.flatMap(({ tensor }) => tensor ?? []))];
  if (partial && misfits.length > 0) {
    const names = misfits.map((name) => JSON.stringify(name));
    const rest = `const { ${names.map((name, i) => `${name}: _${i}`).join(", ")}, ...rest } = tensors`;
    return `To keep what the model has there, leave out ${names.join(" and ")}: ${rest}.`;
  }
  if (problems.some(({ isShape }) => isShape))
    return "Build the model with the sizes that the weights were trained with.";
  if (problems.length > 0) return undefined;
  if (missing.length > 0 && unused.length > 0)
    return 'Map layers to foreign names: { names: { conv1: "features.0" } }.';
  if (missing.length === 0) return "Remove the tensors that this model does not have.";
  if (!partial) return "To keep parameters without a tensor as they are, pass { partial: true }.";
  return "With partial, too, entries of names need a tensor, and parameters all of their parts.";
}
