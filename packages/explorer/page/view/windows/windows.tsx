/**
 * Windows over an image. Forward, each window becomes a row; backward, windows are dropped onto the image one by one, and
 * where they overlap their gradients add up.
 */
import { useEffect, useState } from "preact/hooks";
import { cellText, niceEnd } from "../../../src/drawing/painting/numbers.ts";
import type { WindowsView } from "../../engine/windows.ts";
import { engine } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { windows, windowsText } from "../../state/windows.ts";
import { useAnswer } from "../asking.ts";
import { Button } from "../parts.tsx";
import { Controls } from "./controls.tsx";
import { Image } from "./image.tsx";
import { filterEntry, isPointed, type Pointing, Rows } from "./rows.tsx";

type Answer = { readonly view: WindowsView } | { readonly problem: string };

/** The places of the image that belong to what is pointed at. */
function pointedPlaces(view: WindowsView, pointing: Pointing | null): Set<number> {
  if (pointing === null) return new Set();
  if (pointing.kind === "pixel") return new Set([pointing.place]);
  const found = new Set<number>();
  for (const [row, places] of view.places.entries()) {
    for (const [entry, place] of places.entries()) if (isPointed(view, pointing, row, entry)) found.add(place);
  }
  return found;
}

const largestIn = (numbers: readonly (readonly number[])[]): number =>
  niceEnd(numbers.reduce((most, row) => row.reduce((m, x) => Math.max(m, Math.abs(x)), most), 0));

export function WindowsPanel() {
  const spec = windows.value;
  const [pointing, setPointing] = useState<Pointing | null>(null);
  const [dropped, setDropped] = useState<number | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const subject = spec === null ? "" : windowsText(spec);
  const answer = useAnswer(
    async (): Promise<Answer> => {
      if (spec === null) return { problem: "" };
      try {
        return { view: await engine.windows(spec) };
      } catch (error) {
        return { problem: (error as Error).message };
      }
    },
    subject,
    0,
  );
  const view = answer !== undefined && "view" in answer ? answer.view : null;
  const count = view?.places.length ?? 0;
  const at = Math.min(dropped ?? count, count);
  useEffect(() => {
    setDropped(null);
    setPointing(null);
    setPlaying(false);
  }, [subject]);
  useEffect(() => {
    if (!isPlaying) return;
    if (at >= count) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => setDropped(at + 1), 700);
    return () => clearTimeout(timer);
  }, [isPlaying, at, count]);
  if (spec === null) return null;
  const words = text.value;
  return (
    <div class="windows">
      <h2>{words.windowsTitle}</h2>
      <p>{spec.mode === "max" ? words.poolingIntro : words.windowsIntro}</p>
      <Controls spec={spec} />
      {answer !== undefined && "problem" in answer && answer.problem !== "" && (
        <p role="alert" class="problem-text" lang="en">
          {answer.problem}
        </p>
      )}
      {view !== null && (
        <>
          <Forward view={view} pointing={pointing} onPoint={setPointing} />
          <section>
            <h3>{spec.mode === "max" ? words.maxBackward : words.windowsBackward}</h3>
            <div class="dropper">
              <Button
                onClick={() => {
                  if (!isPlaying && at >= count) setDropped(0);
                  setPlaying(!isPlaying);
                }}
              >
                {isPlaying ? words.pause : words.play}
              </Button>
              <Button disabled={at <= 0} onClick={() => setDropped(at - 1)}>
                {words.previous}
              </Button>
              <Button disabled={at >= count} onClick={() => setDropped(at + 1)}>
                {words.next}
              </Button>
              <input
                type="range"
                min={0}
                max={count}
                value={at}
                aria-label={words.droppedWindows}
                onInput={(event) => setDropped(Number(event.currentTarget.value))}
              />
              <output>{words.dropped(at, count)}</output>
            </div>
            <Backward view={view} at={at} isDropping={dropped !== null} pointing={pointing} onPoint={setPointing} />
          </section>
          <Sums view={view} at={at} pointing={pointing} />
        </>
      )}
    </div>
  );
}

interface PartProps {
  readonly view: WindowsView;
  readonly pointing: Pointing | null;
  readonly onPoint: (pointing: Pointing | null) => void;
}

/** The pixels of y whose windows belong to what is pointed at. */
function pointedOutputs(view: WindowsView, pointing: Pointing | null): Set<number> {
  if (pointing === null || pointing.kind === "filter") return new Set();
  return new Set(
    view.windowOf.flatMap((row, place) =>
      view.places[row].some((_, entry) => isPointed(view, pointing, row, entry)) ? [place] : [],
    ),
  );
}

/** What images of the size of the padded x have in common. */
const paddedImage = ({ view, pointing, onPoint }: PartProps) => ({
  shape: view.padded,
  padding: view.isPadding,
  lit: pointedPlaces(view, pointing),
  onPoint: (place: number | null) => onPoint(place === null ? null : { kind: "pixel", place }),
});

/** What images of the size of y have in common: a pixel stands for its window. */
const outputImage = ({ view, pointing, onPoint }: PartProps) => ({
  shape: view.output,
  lit: pointedOutputs(view, pointing),
  onPoint: (place: number | null) => onPoint(place === null ? null : { kind: "window", row: view.windowOf[place] }),
});

function Forward(part: PartProps) {
  const words = text.value;
  const { view, pointing, onPoint } = part;
  const row = pointing?.kind === "window" || pointing?.kind === "entry" ? pointing.row : null;
  const chosen = view.chosen === null ? undefined : new Set(view.chosen.map((entry, i) => view.places[i][entry]));
  const largest = largestIn([view.pixels]);
  return (
    <section>
      <h3>{words.windowsForward}</h3>
      <div class="side-by-side">
        <Image
          {...paddedImage(part)}
          caption="x"
          label="x"
          numbers={view.pixels}
          {...(row === null ? {} : { framed: new Set(view.places[row]) })}
          {...(chosen === undefined ? {} : { chosen })}
          largest={largest}
        />
        {view.chosen === null && (
          <Image
            class="filter"
            caption="w"
            label="w"
            shape={[1, view.padded[1], ...view.filter]}
            numbers={view.weights}
            lit={pointing !== null && "entry" in pointing ? new Set([pointing.entry]) : new Set()}
            onPoint={(entry) => onPoint(entry === null ? null : { kind: "filter", entry })}
            largest={largestIn([view.weights])}
          />
        )}
        <figure>
          <figcaption>
            {words.rowsCaption(view.places.length, view.weights.length)}
            {view.chosen !== null && ` · ${words.maxLegend}`}
          </figcaption>
          <Rows {...part} numbers={view.values} label="im2col(x)" largest={largest} />
        </figure>
        <Image
          {...outputImage(part)}
          class="output"
          caption={view.chosen === null ? words.productCaption : words.maxCaption}
          label="y"
          numbers={view.y}
          largest={largestIn([view.y])}
        />
      </div>
      <p class="hint">{pointing === null ? words.pointWindows : said(view, pointing)}</p>
    </section>
  );
}

/** What is pointed at, in words: the two ways to see a convolution. */
function said(view: WindowsView, pointing: Pointing): string {
  const words = text.value;
  if (pointing.kind === "filter") return words.saidFilter(filterEntry(view, pointing.entry), view.places.length);
  if (pointing.kind === "window") return words.saidWindow(pointing.row + 1);
  if (pointing.kind === "entry") {
    return `${words.saidWindow(pointing.row + 1)} w${filterEntry(view, pointing.entry)}`;
  }
  return words.saidPixel(view.counts[view.places.length][pointing.place]);
}

function Backward({ at, isDropping, ...part }: PartProps & { readonly at: number; readonly isDropping: boolean }) {
  const words = text.value;
  const { view } = part;
  // The window that has dropped last; at rest none has.
  const isFramed = isDropping && at > 0;
  const padded = { ...paddedImage(part), ...(isFramed ? { framed: new Set(view.places[at - 1]) } : {}) };
  const largest = largestIn([...view.given, view.sums[view.sums.length - 1]]);
  return (
    <div class="side-by-side">
      <Image
        {...outputImage(part)}
        class="upstream"
        caption="∂y"
        label="∂y"
        numbers={view.windowOf.map((row) => view.upstream[row])}
        largest={largestIn([view.upstream])}
        {...(isFramed ? { framed: new Set([view.windowOf.indexOf(at - 1)]) } : {})}
      />
      <figure>
        <figcaption>{view.chosen === null ? words.givenCaption : words.givenCaptionMax}</figcaption>
        <Rows {...part} numbers={view.given} dropped={at} label={words.givenCaption} largest={largest} />
      </figure>
      <Image
        {...padded}
        class="running"
        caption={`${words.runningSum}${isFramed ? ` · ${words.framed(at)}` : ""}`}
        label={words.runningSum}
        numbers={view.sums[at]}
        largest={largest}
      />
      <Image
        {...padded}
        class="overlaps"
        caption={words.overlaps}
        label={words.overlaps}
        numbers={view.counts[at]}
        largest={largestIn([view.counts[view.places.length]])}
      />
    </div>
  );
}

/** How many sums are written out one below the other; of larger images only the one that is pointed at. */
const few = 9;

/** The pixels that are the largest of a window each: those that pooling gives something to. */
function chosenPixels({ chosen, places }: WindowsView): number[] {
  const pixels = chosen?.map((entry, row) => places[row][entry]) ?? [];
  return [...new Set(pixels)].sort((a, b) => a - b);
}

/** The sums that the pixels get, written out: one term for each window that reads the pixel. */
function Sums({ view, at, pointing }: Omit<PartProps, "onPoint"> & { readonly at: number }) {
  const words = text.value;
  const inner = view.isPadding.flatMap((is, place) => (is ? [] : [place]));
  const most = inner.length <= few ? inner : chosenPixels(view);
  const atRest = most.length <= few ? most : [];
  const shown = inner.length > few && pointing?.kind === "pixel" ? [pointing.place] : atRest;
  const [, , height, width] = view.padded;
  return (
    <section class="sums">
      <h3>{words.sumsTitle}</h3>
      {shown.length === 0 && <p class="hint">{words.sumsHint}</p>}
      <ul>
        {shown.map((place) => {
          const terms = view.places.flatMap((places, row) => {
            const entry = places.indexOf(place);
            if (entry < 0 || row >= at || (view.chosen !== null && view.chosen[row] !== entry)) return [];
            return [{ row, entry }];
          });
          const [i, j] = [Math.floor(place / width) % height, place % width];
          const isLit = pointing?.kind === "pixel" && pointing.place === place;
          const symbols = terms.map(({ row, entry }) =>
            view.chosen === null ? `∂y${row + 1}·w${filterEntry(view, entry)}` : `∂y${row + 1}`,
          );
          const numbers = terms.map(({ row, entry }) => cellText(view.given[row][entry]));
          return (
            <li key={place} class={isLit ? "lit" : undefined} data-sum={place}>
              ∂x[{i}, {j}] = {symbols.join(" + ") || "0"}
              {terms.length > 0 && ` = ${numbers.join(" + ")}`} = <strong>{cellText(view.sums[at][place])}</strong>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
