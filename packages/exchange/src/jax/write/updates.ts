/** Updates that an optimizer does alike to several parameters: a function of the program, and a loop that calls it. */
import { type Program, stateNames } from "@adjoint/compiler";
import { constantOf } from "@adjoint/compiler/internal";
import { sizeOf } from "@adjoint/tensor";
import { atom, type Expression, quoted } from "../expression.ts";
import { type HelperName, helperNames } from "../helpers.ts";
import type { Nodes } from "../recognize/nodes.ts";
import { Names, snake } from "./names.ts";
import { ancestors } from "./order.ts";
import { statementsFor } from "./statements.ts";

/** One parameter with its gradient and slots. */
interface Member {
  readonly name: string;
  readonly gradient: number;
}

/** Parameters that are updated in one way. */
export interface Update {
  readonly members: readonly Member[];
  /** The slots' names behind those of parameters: `m`, `v`. */
  readonly slots: readonly string[];
  /** The nodes that the function takes besides, such as a rate, and what it calls them. */
  readonly shared: readonly { readonly node: number; readonly name: string }[];
  /** The lines of the function's body. */
  readonly body: readonly string[];
}

/** A state that moves, by its name. */
interface Moving {
  readonly node: number;
  readonly next: number;
}

/** The updates that several parameters share, and the names of the states that they take care of. */
export function sharedUpdates(program: Program, nodes: Nodes, helpers: Set<HelperName>) {
  const names = stateNames(program);
  const moving = new Map<string, Moving>();
  const gradients = new Map<string, number>();
  program.states.forEach(({ kind, name, node, next }, i) => {
    if (kind === "value" && node !== null && next !== null) moving.set(names[i], { node, next: nodes.idOf(next) });
    if (kind === "gradient" && node === null && next !== null) gradients.set(name, nodes.idOf(next));
  });
  const byText = new Map<string, Update>();
  const quiet = nodes.withoutNames();
  for (const [name, gradient] of gradients) {
    const found = moving.has(name) ? updateOf(name, gradient, moving, quiet, helpers) : null;
    if (found === null) continue;
    const key = JSON.stringify([found.slots, found.shared, found.body]);
    const known = byText.get(key);
    byText.set(key, known === undefined ? found : { ...known, members: [...known.members, ...found.members] });
  }
  const updates = [...byText.values()].filter(({ members }) => members.length > 1);
  const covered = updates.flatMap(({ members, slots }) =>
    members.flatMap(({ name }) => [name, ...slots.map((slot) => `${name}.${slot}`)]),
  );
  return { updates, covered: new Set(covered) };
}

/** How a parameter is updated, as a function; null where other things than its own and shared numbers have a part in it. */
function updateOf(
  name: string,
  gradient: number,
  moving: ReadonlyMap<string, Moving>,
  nodes: Nodes,
  helpers: Set<HelperName>,
): Update | null {
  const slots = [...moving.keys()].filter((key) => key.startsWith(`${name}.`)).map((key) => key.slice(name.length + 1));
  const own = [name, ...slots.map((slot) => `${name}.${slot}`)].map((key) => moving.get(key) as Moving);
  const leaves = new Map([
    [own[0].node, "p"],
    [gradient, "grad"],
    ...slots.map((slot, i) => [own[i + 1].node, slot] as const),
  ]);
  const nexts = own.map(({ next }) => next);
  if (!slots.every((slot) => /^[A-Za-z]\w*$/.test(slot))) return null;
  // A state that takes another's value, or keeps its own, needs no function.
  if (nexts.some((next) => leaves.has(next)) || new Set(nexts).size < nexts.length) return null;
  const isOwn = new Map<number, boolean>();
  for (const id of ancestors(nodes, nexts, (id) => leaves.has(id))) {
    isOwn.set(id, leaves.has(id) || nodes.at(id).inputs.some((input) => isOwn.get(nodes.idOf(input)) === true));
  }
  const shared: { node: number; name: string }[] = [];
  const taken = new Names(["p", "grad", ...slots]);
  for (const id of ancestors(nodes, nexts, (id) => leaves.has(id) || isOwn.get(id) !== true)) {
    if (isOwn.get(id) === true) continue;
    const node = nodes.at(id);
    const base = node.op === "repeat" ? nodes.input(node) : node;
    if (constantOf(base) !== null) continue;
    // An array that is no state and no single number would need a name of its own.
    if (base.op === null && base.role === "constant") return null;
    if (sizeOf(base.shape) !== 1) return null;
    if (!shared.some((other) => other.node === base.id)) {
      shared.push({ node: base.id, name: taken.unique(shared.length === 0 ? "rate" : "factor") });
    }
  }
  const named = [...leaves, ...shared.map(({ node, name }) => [node, name] as const)];
  const given = new Map(named.map(([node, text]) => [node, { ...atom(text), shape: nodes.at(node).shape }]));
  const inside = new Names([...helperNames, "p", "grad", ...slots, ...shared.map((other) => other.name)]);
  const ends = new Map<number, string | null>(
    nexts.map((next, i) => [next, i === 0 ? "new_p" : `new_${slots[i - 1]}`]),
  );
  // The parameter's own next value may stand in the return statement.
  ends.set(nexts[0], null);
  const { lines, of } = statementsFor({ nodes, ends, outputs: [], given, names: inside, helpers });
  const results = nexts.map((next) => of(next).text);
  const body = [...lines.filter((line) => line !== "" && !line.startsWith("#")), `return ${results.join(", ")}`];
  return { members: [{ name, gradient }], slots: slots.map(String), shared, body };
}

export function updateFunction(name: string, { slots, shared, body }: Update): string {
  const parameters = ["p", "grad", ...slots.map(snake), ...shared.map((other) => other.name)];
  const words =
    slots.length === 0
      ? "The new value of a parameter."
      : `The new values of a parameter and of its ${slots.join(", ")}.`;
  return [`def ${name}(${parameters.join(", ")}):`, `"""${words}"""`, ...body]
    .map((line, i) => (i === 0 ? line : `    ${line}`))
    .join("\n");
}

/** The loop that calls it over gradients by name. */
export function updateLoop(
  name: string,
  { slots, shared }: Update,
  gradients: string,
  of: (node: number) => Expression,
): string[] {
  const keys = ["name", ...slots.map((slot) => `f"{name}.${slot}"`)];
  const args = [
    "state[name]",
    "grad",
    ...keys.slice(1).map((key) => `state[${key}]`),
    ...shared.map(({ node }) => of(node).text),
  ];
  const targets = keys.map((key) => `new[${key}]`).join(", ");
  const one = `    ${targets} = ${name}(${args.join(", ")})`;
  const lines = one.length <= 96 ? [one] : [`    ${targets} = ${name}(`, `        ${args.join(", ")}`, "    )"];
  return [`for name, grad in ${gradients}.items():`, ...lines];
}

/** A dictionary of gradients by parameter. */
export function gradientsText(name: string, { members }: Update, of: (node: number) => Expression): string[] {
  const entries = members.map((member) => `    ${quoted(member.name)}: ${of(member.gradient).text},`);
  return [`${name} = {`, ...entries, "}"];
}
