/** What the docstring of a public name has to say, and which names say less. */
import {
  type Comment,
  type DeclarationReflection,
  ReflectionKind,
  type SignatureReflection,
  type SomeType,
} from "typedoc";

/** A formula says what equals, follows from or goes to what. */
const formula = /[=←→↦∝≈~·]|∂|\bd\w+\/d\w+\b/;

/** Shapes stand in brackets, [N, C, H, W] or [] or […]; or the docstring says in words which shape a value has. */
const shapes = /\[(?:[^\]]*(?:[A-Z]|…|\.\.\.)[^\]]*)?\]|elementwise|shapes? of/;

/** The pages whose functions and classes say a formula, and those that say shapes besides. */
const formulaPages = ["Derivatives", "Losses and functions", "Layers", "Optimizers"];
const shapePages = ["Derivatives", "Losses and functions", "Layers"];

function textOf(comment: Comment | undefined): string {
  if (comment === undefined) return "";
  const tags = comment.blockTags.flatMap(({ name, content }) => [{ text: ` ${name ?? ""} ` }, ...content]);
  return [...comment.summary, ...tags].map(({ text }) => text).join("");
}

/** All that a page says of a name: its docstring, those of its signatures and parameters, and a class's members'. */
function wholeText(it: DeclarationReflection): string {
  const signatures = (it.signatures ?? []).flatMap((s) => [s.comment, ...(s.parameters ?? []).map((p) => p.comment)]);
  const members = it.kindOf(ReflectionKind.Class) ? (it.children ?? []) : [];
  return [...[it.comment, ...signatures].map(textOf), ...members.map(wholeText)].join(" ");
}

/** Whether a type says by itself what a value is: it has a name, and so a docstring, or is made of such types. */
function tells(type: SomeType | undefined): boolean {
  if (type === undefined) return false;
  if (type.type === "reference") return type.package !== "typescript" || (type.typeArguments ?? []).some(tells);
  if (type.type === "array") return tells(type.elementType);
  if (type.type === "typeOperator" || type.type === "rest")
    return tells("target" in type ? type.target : type.elementType);
  if (type.type === "union" || type.type === "intersection") return type.types.some(tells);
  return type.type === "query" || type.type === "reflection";
}

/** The parameters that neither the docstring around them nor their types describe. */
function silentParameters({ parameters = [] }: SignatureReflection, around: string): string[] {
  const isNamed = (name: string) => new RegExp(`(?<![\\p{L}\\d])${name}(?![\\p{L}\\d])`, "u").test(around);
  const silent = parameters.filter(
    ({ name, comment, type }) => textOf(comment) === "" && !isNamed(name) && !tells(type),
  );
  return silent.map(({ name }) => name);
}

/** Interfaces whose fields people choose, or read without a line of the library beside them. */
const spelledOut = /(Options|Report|Entry|Diagnosis|Estimate|Context|Pass|Step|Contribution|Row|Metrics|Record|JSON)$/;

/** What is called, options and reports: these have docstrings one by one. Other members are evident or described above. */
function needsDocstring(it: DeclarationReflection): boolean {
  const owner = it.parent;
  if (it.kindOf(ReflectionKind.Constructor)) return false;
  if (!(owner?.kindOf(ReflectionKind.ClassOrInterface) ?? false)) return true;
  return it.kindOf(ReflectionKind.Method) || spelledOut.test(owner?.name ?? "");
}

/**
 * What the docstrings of an exported name leave out, as `name: what`, with its members'.
 *
 * @param page  the page it is on, whose introduction may describe parameters that its functions share
 */
export function faultsOf(
  it: DeclarationReflection,
  page: DeclarationReflection,
  owner?: DeclarationReflection,
): string[] {
  const name = owner === undefined ? it.name : `${owner.name}.${it.name}`;
  const signatures = it.signatures ?? [];
  const about = [it.comment, ...signatures.map(({ comment }) => comment), owner?.comment, page.comment]
    .map(textOf)
    .join(" ");
  const own = [it, it.getSignature, ...signatures].map((part) => textOf(part?.comment)).join("");
  const faults = signatures.flatMap((s) => silentParameters(s, about).map((parameter) => `parameter ${parameter}`));
  if (own === "" && needsDocstring(it)) faults.push("docstring");
  if (owner === undefined && it.kindOf([ReflectionKind.Function, ReflectionKind.Class])) {
    const text = wholeText(it);
    if (formulaPages.includes(page.name) && !formula.test(text)) faults.push("formula");
    if (shapePages.includes(page.name) && !shapes.test(text)) faults.push("shapes");
  }
  // What a symbol names is called by the language.
  const isPublic = (member: DeclarationReflection) => !member.name.startsWith("[");
  const members = it.kindOf(ReflectionKind.ClassOrInterface) ? (it.children ?? []).filter(isPublic) : [];
  return [
    ...[...new Set(faults)].map((fault) => `${name}: ${fault}`),
    ...members.flatMap((member) => faultsOf(member, page, it)),
  ];
}
