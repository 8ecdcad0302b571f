/**
 * The numbers of a small tensor in rows and columns. An element that is pointed at is lit wherever its tensor is shown,
 * with those that it was computed from and goes into.
 */
import { type Grid, placeInGrid } from "../../../src/drawing/labels.ts";
import { cellText, numberText } from "../../../src/drawing/painting/numbers.ts";
import { cellColor } from "../../../src/drawing/painting/scale.ts";
import { litElements, pointAt } from "../../state/lit.ts";
import { theme } from "../../state/settings.ts";

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

/** The table. */
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
  return (
    <table class="cells" aria-label={label} onPointerLeave={() => pointAt(null)}>
      <tbody>
        {rowsOf(grid).map((row, i) => (
          <tr key={i} class={i > 0 && i % height === 0 ? "apart" : undefined}>
            {row.map((place, j) => {
              const classes = [
                lit?.has(place) ? "lit" : "",
                j > 0 && j % width === 0 ? "apart" : "",
                marked?.has(place) ? "marked" : "",
              ];
              return (
                <td
                  key={j}
                  class={classes.filter((one) => one !== "").join(" ") || undefined}
                  data-place={place}
                  title={`${indexText(shape, place)} = ${numberText(elements[place], 7)}`}
                  style={{ background: cellColor(elements[place], largest, theme.value) }}
                  onPointerEnter={() => node !== null && pointAt({ node, place })}
                >
                  {cellText(elements[place])}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
