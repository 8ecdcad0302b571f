/** The rows that im2col makes of the windows, with handles for a row (a window) and for a column (an entry of the filter). */
import { cellText } from "../../../src/drawing/painting/numbers.ts";
import { cellColor } from "../../../src/drawing/painting/scale.ts";
import type { WindowsView } from "../../engine/windows.ts";
import { text, theme } from "../../state/settings.ts";

/** What is pointed at: a pixel, a window, an entry of the filter, or one entry of one window. */
export type Pointing =
  | { readonly kind: "pixel"; readonly place: number }
  | { readonly kind: "window"; readonly row: number }
  | { readonly kind: "filter"; readonly entry: number }
  | { readonly kind: "entry"; readonly row: number; readonly entry: number };

/** Whether an entry of a window belongs to what is pointed at. */
export function isPointed(view: WindowsView, pointing: Pointing | null, row: number, entry: number): boolean {
  if (pointing === null) return false;
  if (pointing.kind === "pixel") return view.places[row][entry] === pointing.place;
  if (pointing.kind === "window") return pointing.row === row;
  if (pointing.kind === "filter") return pointing.entry === entry;
  return pointing.row === row && pointing.entry === entry;
}

/** The name of an entry of the filter: `w[0, 1]`, with the channel where there are several. */
export function filterEntry(view: WindowsView, filterW: number, filterH: number, entry: number): string {
  const [, channels] = view.padded;
  const [c, rest] = [Math.floor(entry / (filterH * filterW)), entry % (filterH * filterW)];
  const index = [Math.floor(rest / filterW), rest % filterW];
  return `[${(channels > 1 && view.weights.length > filterH * filterW ? [c, ...index] : index).join(", ")}]`;
}

/** The table. */
export function Rows({
  view,
  numbers,
  filter: [filterH, filterW],
  pointing,
  onPoint,
  dropped,
  label,
  largest,
}: {
  readonly view: WindowsView;
  readonly numbers: readonly (readonly number[])[];
  readonly filter: readonly [number, number];
  readonly pointing: Pointing | null;
  readonly onPoint: (pointing: Pointing | null) => void;
  /** How many windows have been given back; all of them when absent. */
  readonly dropped?: number;
  readonly label: string;
  readonly largest: number;
}) {
  const words = text.value;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div class="scroll" tabIndex={0} onPointerLeave={(event) => event.pointerType !== "touch" && onPoint(null)}>
      <table class="cells rows" aria-label={label}>
        <thead>
          <tr>
            <td />
            {view.weights.map((_, entry) => (
              <th key={entry} scope="col">
                <button
                  type="button"
                  class="handle"
                  onPointerEnter={() => onPoint({ kind: "filter", entry })}
                  onFocus={() => onPoint({ kind: "filter", entry })}
                  onBlur={() => onPoint(null)}
                >
                  <span class="long">
                    {view.chosen === null && "w"}
                    {filterEntry(view, filterW, filterH, entry)}
                  </span>
                  <span class="short">{filterEntry(view, filterW, filterH, entry).replaceAll(/[[\], ]/g, "")}</span>
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbers.map((row, i) => (
            <tr key={i} class={dropped !== undefined && i >= dropped ? "waiting" : undefined}>
              <th scope="row">
                <button
                  type="button"
                  class="handle"
                  aria-label={words.windowNumber(i + 1)}
                  onPointerEnter={() => onPoint({ kind: "window", row: i })}
                  onFocus={() => onPoint({ kind: "window", row: i })}
                  onBlur={() => onPoint(null)}
                >
                  {i + 1}
                </button>
              </th>
              {row.map((value, entry) => {
                const classes = [
                  isPointed(view, pointing, i, entry) ? "lit" : "",
                  view.isPadding[view.places[i][entry]] ? "padding" : "",
                  view.chosen?.[i] === entry ? "marked" : "",
                ].filter((name) => name !== "");
                return (
                  <td
                    key={entry}
                    data-entry={`${i},${entry}`}
                    class={classes.join(" ") || undefined}
                    style={{ background: cellColor(value, largest, theme.value) }}
                    onPointerEnter={() => onPoint({ kind: "entry", row: i, entry })}
                  >
                    {cellText(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
