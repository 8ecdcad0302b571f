/**
 * Colours as attributes of SVG elements. With the theme "auto" each element also names its colour as a class, so that one
 * style sheet in the picture turns it dark where the reader's system is; what reads no style sheets shows the light one.
 */
import { colorsOf, type Theme } from "./colors.ts";
import { scaleEnds } from "./scale.ts";

/** The theme of a picture: one of the two, or the one that the reader's system asks for. */
export type PictureTheme = Theme | "auto";

interface Look {
  readonly fill: string;
  readonly stroke?: string;
}

/** The same of every entry. */
function each<Key extends string, From, To>(of: Readonly<Record<Key, From>>, to: (from: From) => To): Record<Key, To> {
  return Object.fromEntries(Object.entries<From>(of).map(([key, from]) => [key, to(from)])) as Record<Key, To>;
}

function looksOf(theme: Theme) {
  const { background, text, faintText, gradientText, link, current, upstream, receiver, box, region } = colorsOf[theme];
  const [below, zero, above] = scaleEnds(theme);
  const filled = (fill: string): Look => ({ fill });
  const outlined = (stroke: string): Look => ({ fill: "none", stroke });
  const { forward, backward, saved, arrival } = link;
  const heads = { forwardHead: forward, backwardHead: backward, savedHead: saved, arrivalHead: arrival };
  return {
    ...each({ background, text, faint: faintText, bar: gradientText, below, zero, above }, filled),
    ...each({ ...link, current, upstream, receiver }, outlined),
    ...each(heads, filled),
    ...each({ ...box, region }, ([fill, stroke]): Look => ({ fill, stroke })),
    token: { fill: current, stroke: background } as Look,
  };
}

/** What has a colour of its own in a picture. */
export type Inked = keyof ReturnType<typeof looksOf>;

/** What a picture is coloured with. */
export interface Ink {
  /** The attributes of an element, each with a space before it. */
  of(name: Inked): string;
  /** The rules of the style sheet; empty for a theme that was chosen. */
  readonly rules: string;
}

const prefix = "adjoint-";

/** The colours of a theme as attributes. */
export function inkOf(theme: PictureTheme): Ink {
  const looks = looksOf(theme === "auto" ? "light" : theme);
  const of = (name: Inked): string => {
    const { fill, stroke } = looks[name];
    const named = theme === "auto" ? ` class="${prefix}${name}"` : "";
    return `${named} fill="${fill}"${stroke === undefined ? "" : ` stroke="${stroke}"`}`;
  };
  if (theme !== "auto") return { of, rules: "" };
  const dark = Object.entries(looksOf("dark")).map(([name, { fill, stroke }]) => {
    return `.${prefix}${name}{fill:${fill}${stroke === undefined ? "" : `;stroke:${stroke}`}}`;
  });
  // The ends of the scale are lighter in the dark; pixels of pictures cannot name theirs.
  const rules = [...dark, `.${prefix}heat{filter:brightness(1.5)}`].join("");
  return { of, rules: `@media (prefers-color-scheme:dark){${rules}}` };
}

/** The class of an image whose colours are to be lighter in the dark. */
export const heatClass = `${prefix}heat`;
