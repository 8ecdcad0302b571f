/** Elements that stand in many places, on both pages. */
import type { ComponentChildren, JSX } from "preact";

/** The names of classes for which something holds; undefined where none does. */
export function classesOf(held: Readonly<Record<string, boolean | undefined>>): string | undefined {
  const names = Object.keys(held).filter((name) => held[name]);
  return names.length === 0 ? undefined : names.join(" ");
}

/** A button that acts by itself, and sends no form. */
export function Button(props: JSX.IntrinsicElements["button"]) {
  return <button type="button" {...props} />;
}

/** What may be wider than its place scrolls in it. */
export function Scroll(props: JSX.IntrinsicElements["div"]) {
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  return <div class="scroll" tabIndex={0} {...props} />;
}

/** A table with the titles of its columns; the first cell of each row is the row's title, unless `isPlain`. */
export function Table({
  columns,
  rows,
  class: name,
  isPlain = false,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly ComponentChildren[])[];
  readonly class?: string;
  readonly isPlain?: boolean;
}) {
  return (
    <table class={name}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([first, ...others], i) => (
          <tr key={i}>
            {isPlain ? <td>{first}</td> : <th scope="row">{first}</th>}
            {others.map((cell, k) => (
              <td key={k}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A slider with its name and its value, `shown` if that is not the number itself. */
export function Slider({
  name,
  shown,
  isWide = false,
  onSlide,
  ...range
}: {
  readonly name: ComponentChildren;
  readonly shown?: string;
  readonly isWide?: boolean;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly onSlide: (value: number) => void;
}) {
  return (
    <label class={isWide ? "slider wide" : "slider"}>
      <span>
        {name} <output>{shown ?? range.value}</output>
      </span>
      <input type="range" {...range} onInput={(event) => onSlide(Number(event.currentTarget.value))} />
    </label>
  );
}

/** A list to choose one value from: of each what it is called, and in which language where that is another one. */
export function Select<Value extends string>({
  options,
  onSelect,
  ...props
}: {
  readonly options: readonly (readonly [value: Value, name: string, lang?: string])[];
  readonly value: Value;
  readonly name?: string;
  readonly "aria-label"?: string;
  readonly onSelect: (value: Value) => void;
}) {
  return (
    <select {...props} onChange={(event) => onSelect(event.currentTarget.value as Value)}>
      {options.map(([value, name, lang]) => (
        <option key={value} value={value} lang={lang}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** Signs on buttons, drawn so that every system has them. */
const paths = {
  first: "M3 3h2v10H3zM13 3v10L6 8z",
  previous: "M11 3v10L4 8z",
  play: "M4 2v12l10-6z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  next: "M5 3v10l7-5z",
  last: "M11 3h2v10h-2zM3 3v10l7-5z",
} as const;

export type IconName = keyof typeof paths;

/** A sign in the colour of the text. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" fill="currentColor" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
