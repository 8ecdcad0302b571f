/** Groups of parameters with hyper-parameters of their own: which parameters belong to which. */
import { Variable } from "@adjoint/autograd";
import { checkKind, SpecError, shown } from "@adjoint/tensor";
import { namesOf } from "./parameters.ts";
import type { CommonHyperparameters } from "./rule.ts";

/**
 * Which parameters: a name, in which `*` stands for any characters; a regular expression that finds a part of the name;
 * or a list of names and Variables.
 */
export type ParameterSelection = string | RegExp | readonly (string | Variable)[];

/** Parameters of an optimizer with hyper-parameters of their own. Those not given are the optimizer's. */
export type ParameterGroup<H extends CommonHyperparameters = CommonHyperparameters> = Readonly<Partial<H>> & {
  /** The parameters. */
  readonly parameters: ParameterSelection;
};

/** Whether a parameter belongs to a selection. The Variable is undefined where only the name is known. */
export type Belongs = (name: string, x: Variable | undefined) => boolean;

/**
 * Tells which parameters a selection has.
 * @throws SpecError for what is no selection
 */
export function belongsTo(op: string, argument: string, selection: unknown): Belongs {
  if (selection instanceof RegExp) return (name) => name.search(selection) >= 0;
  if (typeof selection === "string") return byName(selection);
  if (Array.isArray(selection) && selection.every((x) => typeof x === "string" || x instanceof Variable)) {
    const parts = selection.map((part): Belongs => (typeof part === "string" ? byName(part) : (_, x) => x === part));
    return (name, x) => parts.some((belongs) => belongs(name, x));
  }
  const expected = 'a name such as "b*", a regular expression, or a list of names and Variables';
  const problem = `${argument} is ${shown(selection)}`;
  const hint = 'For example { parameters: "b*", weightDecay: 0 }.';
  throw SpecError.of(op, argument, selection, expected, { problem, hint });
}

/** A name in which `*` stands for any characters. */
function byName(pattern: string): Belongs {
  const parts = pattern.split("*");
  if (parts.length === 1) return (name) => name === pattern;
  const [first, last] = [parts[0], parts[parts.length - 1]];
  const between = parts.slice(1, -1);
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of between) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}

/** @throws SpecError unless the groups are a list of objects that each have parameters */
export function checkGroups(op: string, groups: unknown): asserts groups is readonly ParameterGroup[] {
  const hint = 'For example groups: [{ parameters: "b*", weightDecay: 0 }].';
  checkKind(op, "groups", groups, Array.isArray(groups), "a list of groups", hint);
  (groups as readonly unknown[]).forEach((group, i) => {
    const isGroup = group !== null && typeof group === "object" && "parameters" in group;
    checkKind(op, `groups[${i}]`, group, isGroup, "an object with parameters", hint);
  });
}

/**
 * The number of the group that a parameter belongs to; null for none.
 * @throws SpecError where it belongs to more than one
 */
export function groupOf(
  op: string,
  groups: readonly { readonly belongs: Belongs }[],
  name: string,
  x: Variable | undefined,
): number | null {
  const own = groups.flatMap(({ belongs }, i) => (belongs(name, x) ? [i] : []));
  if (own.length > 1) {
    throw SpecError.of(op, "groups", `groups ${own.join(" and ")}`, "each parameter in one group at most", {
      problem: `"${name}" belongs to groups[${own[0]}] and to groups[${own[1]}]`,
      hint: "Name the parameters of one of them more narrowly.",
    });
  }
  return own[0] ?? null;
}

/** @throws SpecError for a group that none of the parameters belongs to: a misspelled name would go unnoticed */
export function checkUsed(
  op: string,
  groups: readonly { readonly belongs: Belongs; readonly parameters: ParameterSelection }[],
  params: ReadonlyMap<string, Variable>,
): void {
  const empty = groups.findIndex(({ belongs }) => ![...params].some(([name, x]) => belongs(name, x)));
  if (empty < 0) return;
  const { parameters } = groups[empty];
  const known = namesOf(params);
  throw SpecError.of(op, "groups", parameters, known, {
    problem: `no parameter belongs to groups[${empty}]`,
    hint: `The parameters are ${known}.`,
  });
}
