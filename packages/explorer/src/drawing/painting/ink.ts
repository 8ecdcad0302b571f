/**
 * Colours as attributes of SVG elements. With the theme "auto" each element also names its colour as a class, so that one
 * style sheet in the picture turns it dark where the reader's system is; what reads no style sheets shows the light one.
 */
import { type Colors, colorsOf, type Theme } from "./colors.ts";
import { scaleEnds } from "./scale.ts";

/** The theme of a picture: one of the two, or the one that the reader's system asks for. */
export type PictureTheme = Theme | "auto";

/** What has a colour of its own in a picture. */
export type Inked =
  | keyof Colors["box"]
  | keyof Colors["link"]
  | "background"
  | "text"
  | "faint"
  | "bar"
  | "region"
  | "forwardHead"
  | "backwardHead"
  | "savedHead"
  | "arrivalHead"
  | "below"
  | "above"
  | "zero"
  | "current"
  | "upstream"
  | "receiver"
  | "token";

interface Look {
  readonly fill: string;
  readonly stroke?: string;
}

function looksOf(theme: Theme): ReadonlyMap<Inked, Look> {
  const colors = colorsOf[theme];
  const [below, zero, above] = scaleEnds(theme);
  const filled: Partial<Record<Inked, string>> = {
    background: colors.background,
    text: colors.text,
    faint: colors.faintText,
    bar: colors.gradientText,
    below,
    zero,
    above,
  };
  const outlined: Partial<Record<Inked, string>> = {
    ...colors.link,
    current: colors.current,
    upstream: colors.upstream,
    receiver: colors.receiver,
  };
  const looks = new Map<string, Look>();
  for (const [name, fill] of Object.entries(filled)) looks.set(name, { fill });
  for (const [name, stroke] of Object.entries(outlined)) looks.set(name, { fill: "none", stroke });
  for (const [kind, fill] of Object.entries(colors.link)) looks.set(`${kind}Head`, { fill });
  for (const [name, [fill, stroke]] of Object.entries({ ...colors.box, region: colors.region }))
    looks.set(name, { fill, stroke });
  looks.set("token", { fill: colors.current, stroke: colors.background });
  return looks as ReadonlyMap<Inked, Look>;
}

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
    const { fill, stroke } = looks.get(name) as Look;
    const named = theme === "auto" ? ` class="${prefix}${name}"` : "";
    return `${named} fill="${fill}"${stroke === undefined ? "" : ` stroke="${stroke}"`}`;
  };
  if (theme !== "auto") return { of, rules: "" };
  const dark = [...looksOf("dark")].map(([name, { fill, stroke }]) => {
    return `.${prefix}${name}{fill:${fill}${stroke === undefined ? "" : `;stroke:${stroke}`}}`;
  });
  // The ends of the scale are lighter in the dark; pixels of pictures cannot name theirs.
  const rules = [...dark, `.${prefix}heat{filter:brightness(1.5)}`].join("");
  return { of, rules: `@media (prefers-color-scheme:dark){${rules}}` };
}

/** The class of an image whose colours are to be lighter in the dark. */
export const heatClass = `${prefix}heat`;
