/** The rows that im2col makes of the windows, with handles for a row (a window) and for a column (an entry of the filter). */
import { cellText } from "../../../src/drawing/painting/numbers.ts";
import { cellColor } from "../../../src/drawing/painting/scale.ts";
import type { WindowsView } from "../../engine/windows.ts";
import { text, theme } from "../../state/settings.ts";
import { Button, classesOf, Scroll } from "../parts.tsx";

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
export function filterEntry({ padded, weights, filter }: WindowsView, entry: number): string {
  const [[, channels], [filterH, filterW]] = [padded, filter];
  const [c, rest] = [Math.floor(entry / (filterH * filterW)), entry % (filterH * filterW)];
  const index = [Math.floor(rest / filterW), rest % filterW];
  return `[${(channels > 1 && weights.length > filterH * filterW ? [c, ...index] : index).join(", ")}]`;
}

export function Rows({
  view,
  numbers,
  pointing,
  onPoint,
  dropped,
  label,
  largest,
}: {
  readonly view: WindowsView;
  readonly numbers: readonly (readonly number[])[];
  readonly pointing: Pointing | null;
  readonly onPoint: (pointing: Pointing | null) => void;
  /** How many windows have been given back; all of them when absent. */
  readonly dropped?: number;
  readonly label: string;
  readonly largest: number;
}) {
  const words = text.value;
  const handle = (to: Pointing) => {
    const point = (): void => onPoint(to);
    return { class: "handle", onPointerEnter: point, onFocus: point, onBlur: () => onPoint(null) };
  };
  return (
    <Scroll onPointerLeave={(event) => event.pointerType !== "touch" && onPoint(null)}>
      <table class="cells rows" aria-label={label}>
        <thead>
          <tr>
            <td />
            {view.weights.map((_, entry) => (
              <th key={entry} scope="col">
                <Button {...handle({ kind: "filter", entry })}>
                  <span class="long">
                    {view.chosen === null && "w"}
                    {filterEntry(view, entry)}
                  </span>
                  <span class="short">{filterEntry(view, entry).replaceAll(/[[\], ]/g, "")}</span>
                </Button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbers.map((row, i) => (
            <tr key={i} class={dropped !== undefined && i >= dropped ? "waiting" : undefined}>
              <th scope="row">
                <Button {...handle({ kind: "window", row: i })} aria-label={words.windowNumber(i + 1)}>
                  {i + 1}
                </Button>
              </th>
              {row.map((value, entry) => (
                <td
                  key={entry}
                  data-entry={`${i},${entry}`}
                  class={classesOf({
                    lit: isPointed(view, pointing, i, entry),
                    padding: view.isPadding[view.places[i][entry]],
                    marked: view.chosen?.[i] === entry,
                  })}
                  style={{ background: cellColor(value, largest, theme.value) }}
                  onPointerEnter={() => onPoint({ kind: "entry", row: i, entry })}
                >
                  {cellText(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
