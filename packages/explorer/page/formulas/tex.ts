/**
 * Formulas in TeX, made of the plain text in the ops' definitions: `x̄ = ȳ / √(1 − x²)` becomes
 * `\partial x = \frac{\partial y}{\sqrt{1 - x^{2}}}`. A bar over a letter would read as a mean, of which the page has some.
 */

const macron = "\u0304";

/** What is written otherwise in TeX. Words that are not here are text. */
const commands: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ "−": "-", "·": "\\cdot", "≤": "\\le", "≥": "\\ge", "≠": "\\neq", "~": "\\sim", "…": "\\dots" }),
  ...Object.entries({ "⌊": "\\lfloor", "⌋": "\\rfloor", "⌈": "\\lceil", "⌉": "\\rceil", "+=": "\\mathrel{+}=" }),
  ...Object.entries({ σ: "\\sigma", ψ: "\\psi", Γ: "\\Gamma", Φ: "\\Phi", α: "\\alpha", π: "\\pi", "′": "'" }),
  ...["slope", "start", "step", "index", "axes", "pad", "col"].map((name) => [name, `\\mathit{${name}}`] as const),
]);

/** Functions: what follows one is its argument. */
const functions: ReadonlyMap<string, string> = new Map([
  ["Σ", "\\sum"],
  ...["sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "max", "min"].map(
    (name) => [name, `\\${name}`] as const,
  ),
  ...["sign", "erf", "erfc", "sigmoid", "softmax", "tril", "triu", "im2col", "col2im"].map(
    (name) => [name, `\\operatorname{${name}}`] as const,
  ),
]);

/** Characters above and below the line, by those on it. */
const scripts = { "^": ["²³ˣᵀ⁻", "23xT-"], _: ["₀₁₂ₖₙ₊", "012kn+"] } as const;

/** What a factor may begin with. */
const isTerm = (text: string): boolean => /^[\p{L}\d(√]/u.test(text);

const tokens = new RegExp(
  `(\\s*)(\\d+(?:\\.\\d+)?|\\p{L}${macron}[a-z]*|[${scripts["^"][0]}]+|[${scripts._[0]}]+|[a-z][a-z0-9]+|NaN|\\p{L}|\\+=|\\S)`,
  "gu",
);

/** A formula as it is read. */
class Reader {
  private readonly tokens: { readonly text: string; readonly isApart: boolean }[];
  private at = 0;

  constructor(formula: string) {
    this.tokens = [...formula.matchAll(tokens)].map(([, space, text]) => ({ text, isApart: space !== "" }));
  }

  /** What comes before a closing bracket, or before the end. */
  until(close?: string): string {
    const parts: string[] = [];
    for (let text = this.tokens[this.at]?.text; text !== undefined; text = this.tokens[this.at]?.text) {
      if (text === close) break;
      if (text !== "/") parts.push(this.factor());
      else {
        this.at++;
        parts.push(`\\frac{${bare(parts.pop() ?? "")}}{${bare(this.factor())}}`);
      }
    }
    this.at++;
    return parts.join(" ").replace(/ \} \\text\{ /g, " ");
  }

  /** A number, letter, bracket or word with what is written right behind it, and the argument of a function. */
  private factor(): string {
    const { text } = this.tokens[this.at++];
    const tex = this.term(text) + this.scripts(text);
    const next = this.tokens[this.at];
    if (next === undefined || !(isTerm(next.text) || next.text === "|")) return tex;
    const isProduct = !next.isApart && /^[\p{L}\d√]/u.test(text);
    return isProduct || (next.isApart && functions.has(text)) ? `${tex} ${this.factor()}` : tex;
  }

  private term(text: string): string {
    const known = functions.get(text) ?? commands.get(text);
    if (known !== undefined) return known;
    if (text === "(") return `(${this.until(")")})`;
    if (text === "√") return `\\sqrt{${bare(this.factor())}}`;
    if (text[1] === macron) return `\\partial ${text.length === 2 ? text[0] : `\\mathit{${text.replace(macron, "")}}`}`;
    return /^\p{L}{2}/u.test(text) ? `\\text{ ${text} }` : text;
  }

  /** What is written above and below: `x²`, `a^(b − 1)`, `y[i, k]`. */
  private scripts(owner: string): string {
    let tex = "";
    for (let next = this.tokens[this.at]; next !== undefined && !next.isApart; next = this.tokens[this.at]) {
      const { text } = next;
      const found = Object.entries(scripts).find(([, [from]]) => from.includes(text[0]));
      if (found === undefined && !"^_′".includes(text) && (text !== "[" || !/^[a-z]/.test(owner))) break;
      this.at++;
      if (found !== undefined) tex += `${found[0]}{${text.replace(/./gu, (c) => found[1][1][found[1][0].indexOf(c)])}}`;
      else if (text === "[") tex += `_{${this.until("]")}}`;
      else tex += text === "′" ? "'" : `${text}{${bare(this.factor())}}`;
    }
    return tex;
  }
}

/** A factor without its brackets, where fractions, roots and exponents hold it together. */
const bare = (factor: string): string => /^\((.*)\)$/.exec(factor)?.[1] ?? factor;

const plainTex = (text: string): string => new Reader(text).until();

function cases(side: string, value: string, condition: string, other: string): string {
  const [left, yes, when, no] = [side, value, condition, other].map(plainTex);
  return `${left} \\begin{cases} ${yes} & ${when} \\\\ ${no} & \\text{otherwise} \\end{cases}`;
}

/** A gradient and what is written beside it as its factor: ∂y b could be the gradient of y b. */
const besideGradient = new RegExp(`(\\p{L}${macron}) (?=\\p{L}(?![a-z])|[(⌊])`, "gu");

/** The gradients in a sentence, as the page writes them: `∂y`. */
export function withoutBars(sentence: string): string {
  return sentence
    .normalize("NFD")
    .replaceAll(new RegExp(`(\\p{L})${macron}`, "gu"), "∂$1")
    .normalize("NFC");
}

/** The TeX of a formula; choices become cases. */
export function texOf(formula: string): string {
  const text = formula.normalize("NFD").replaceAll("=\u0338", "≠").replaceAll(besideGradient, "$1 · ");
  const where = /^(.*? = )(.*) where (.*), else (.*)$/.exec(text);
  if (where !== null) return cases(where[1], where[2], where[3], where[4]);
  const choice = /^(.*? = )(.*) \? (.*) : (.*)$/.exec(text);
  return choice === null ? plainTex(text) : cases(choice[1], choice[3], choice[2], choice[4]);
}

/** The rules of a backward pass, one for each input: `ā = ȳ, b̄ = −ȳ`. None where there is no derivative. */
export function texOfRules(rules: string): string[] {
  if (rules.startsWith("no ")) return [];
  return rules
    .normalize("NFD")
    .split(/, (?=\p{L}\u0304(?:\[[^\]]*\])? = )/u)
    .map(texOf);
}
