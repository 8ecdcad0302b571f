/**
 * The numbers of a small tensor in rows and columns. An element that is pointed at is lit wherever its tensor is shown,
 * with those that it was computed from and goes into.
 */
import { type Grid, placeInGrid } from "../../../../src/drawing/labels.ts";
import { changedElements } from "../../../../src/drawing/painting/appearance.ts";
import { numberText, wideCellText } from "../../../../src/drawing/painting/numbers.ts";
import { cellColor } from "../../../../src/drawing/painting/scale.ts";
import { firstSummaries, summaries } from "../../../state/document.ts";
import { litElements, pointAt, pointed } from "../../../state/lit.ts";
import { announce, text, theme } from "../../../state/settings.ts";
import { classesOf } from "../../parts.tsx";

/** The index of an element as programs write it: `[1, 0]`. */
export function indexText(shape: readonly number[], place: number): string {
  const index: number[] = [];
  let rest = place;
  for (const length of shape.toReversed()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `[${index.join(", ")}]`;
}

/** The elements of a grid by row. */
function rowsOf(grid: Grid): number[][] {
  const rows = Array.from({ length: grid.rows }, () => new Array<number>(grid.columns).fill(0));
  for (let place = 0; place < grid.rows * grid.columns; place++) {
    const [row, column] = placeInGrid(grid, place);
    rows[row][column] = place;
  }
  return rows;
}

/** How far each arrow key goes, in rows and in columns. */
const arrows: Readonly<Record<string, readonly [down: number, across: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export function Cells({
  node,
  elements,
  shape,
  grid,
  largest,
  label,
  marked,
}: {
  readonly node: number | null;
  readonly elements: readonly number[];
  readonly shape: readonly number[];
  readonly grid: Grid;
  /** Where the scale of colours ends. */
  readonly largest: number;
  readonly label: string;
  /** Elements with a mark of their own. */
  readonly marked?: ReadonlySet<number>;
}) {
  const lit = node === null ? undefined : litElements.value.get(node);
  const [height, width] = grid.plane;
  const rows = rowsOf(grid);
  const before = node === null ? null : firstSummaries.value[node];
  const changed = node === null ? null : changedElements(summaries.value[node], before);
  /** What an element is, and what it was. */
  const told = (place: number): string => {
    const old = changed?.has(place)
      ? ` · ${text.value.was(numberText(before?.elements?.[place] ?? Number.NaN, 7))}`
      : "";
    return `${indexText(shape, place)} = ${numberText(elements[place], 7)}${old}`;
  };
  /** Points at the number beside the present one, for those who have no mouse. */
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrow = arrows[event.key];
    if (arrow === undefined || node === null) return;
    event.preventDefault();
    event.stopPropagation();
    const present = pointed.peek();
    let [row, column] = [0, 0];
    if (present?.node === node) {
      const [down, across] = placeInGrid(grid, present.place);
      row = Math.max(0, Math.min(grid.rows - 1, down + arrow[0]));
      column = Math.max(0, Math.min(grid.columns - 1, across + arrow[1]));
    }
    const place = rows[row][column];
    pointAt({ node, place });
    announce(told(place));
  };
  return (
    <table
      class="cells"
      aria-label={label}
      tabIndex={node === null ? undefined : 0}
      onKeyDown={onKeyDown}
      onBlur={() => pointAt(null)}
      onPointerLeave={() => pointAt(null)}
    >
      <tbody>
        {rows.map((row, i) => (
          <tr key={i} class={i > 0 && i % height === 0 ? "apart" : undefined}>
            {row.map((place, j) => (
              <td
                key={j}
                class={classesOf({
                  lit: lit?.has(place),
                  apart: j > 0 && j % width === 0,
                  marked: marked?.has(place),
                  changed: changed?.has(place),
                })}
                data-place={place}
                title={told(place)}
                style={{ background: cellColor(elements[place], largest, theme.value) }}
                onPointerEnter={() => node !== null && pointAt({ node, place })}
              >
                {wideCellText(elements[place])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
