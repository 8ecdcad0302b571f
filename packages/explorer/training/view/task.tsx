/** What the network makes of its task: filters and mistakes, regions of the plane, or a fitted curve. */
import type { ComponentChildren } from "preact";
import type { GreyImage, MisclassifiedSample, TaskView } from "../../src/training/record.ts";
import { drawFit, drawInk, drawPlane, drawWeights } from "../drawing/pictures.ts";
import { latest, report, settings } from "../state/training.ts";
import { words } from "../state/words.ts";
import { Canvas } from "./canvas.tsx";

/** How many mistakes are shown. */
const mostShown = 16;

function Part({ title, hint, children }: { title: string; hint: string; children: ComponentChildren }) {
  return (
    <section class="task">
      <h2>{title}</h2>
      <p class="hint">{hint}</p>
      {children}
    </section>
  );
}

function Filters({ filters }: { readonly filters: readonly GreyImage[] }) {
  const text = words.value;
  const scale = Math.max(0, ...filters.flatMap(({ values }) => values.map(Math.abs)));
  // Pictures are of the first units; how many there are the settings say.
  const isWhole = filters[0].rows >= 8;
  const count = Math.max(filters.length, isWhole && report.value === null ? settings.value.width : 0);
  const hint = (isWhole ? text.filtersHint : text.convFiltersHint)(count);
  return (
    <Part title={text.filters} hint={hint}>
      <div class="images" role="img" aria-label={text.filters}>
        {filters.map((image, i) => (
          <Canvas
            key={`filter ${i + 1}`}
            class="image"
            label=""
            draw={(canvas, colors) => drawWeights(canvas, image, scale, colors)}
          />
        ))}
      </div>
    </Part>
  );
}

function Mistakes({ view }: { readonly view: Extract<TaskView, { kind: "images" }> }) {
  const text = words.value;
  const hint = view.wrong === 0 ? text.noMistakes : text.mistakesHint(String(view.wrong), String(view.of));
  return (
    <Part title={text.mistakes} hint={hint}>
      <ul class="images mistakes">
        {view.mistakes.slice(0, mostShown).map(({ image, label, guess }: MisclassifiedSample, i) => (
          <li key={`mistake ${i + 1}`}>
            <Canvas class="image" label={text.mistake(label, guess)} draw={(canvas) => drawInk(canvas, image)} />
            <span aria-hidden="true">
              {label} → {guess}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Task() {
  const text = words.value;
  const seen = latest.value;
  if (seen === null) return null;
  const { filters, view } = seen;
  return (
    <>
      {filters.length > 0 && <Filters filters={filters} />}
      {view?.kind === "images" && <Mistakes view={view} />}
      {view?.kind === "plane" && (
        <Part title={text.plane} hint={text.planeHint}>
          <Canvas class="plane" label={text.plane} draw={(canvas, colors) => drawPlane(canvas, view, colors)} />
        </Part>
      )}
      {view?.kind === "curve" && (
        <Part title={text.curve} hint={text.curveHint}>
          <Canvas class="fit" label={text.curve} draw={(canvas, colors) => drawFit(canvas, view, colors)} />
        </Part>
      )}
    </>
  );
}
