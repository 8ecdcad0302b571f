/** What the network makes of its task: filters and mistakes, regions of the plane, or a fitted curve. */
import type { GreyImage, MisclassifiedSample, TaskView } from "../../src/training/record.ts";
import { drawFit, drawInk, drawPlane, drawWeights } from "../drawing/pictures.ts";
import { latest, report, settings } from "../state/training.ts";
import { words } from "../state/words.ts";
import { Canvas } from "./canvas.tsx";

/** How many mistakes are shown. */
const mostShown = 16;

function Filters({ filters }: { readonly filters: readonly GreyImage[] }) {
  const text = words.value;
  const scale = Math.max(0, ...filters.flatMap(({ values }) => values.map(Math.abs)));
  // Pictures are of the first units; how many there are the settings say.
  const isWhole = filters[0].rows >= 8;
  const count = Math.max(filters.length, isWhole && report.value === null ? settings.value.width : 0);
  const hint = (isWhole ? text.filtersHint : text.convFiltersHint)(count);
  return (
    <section class="task">
      <h2>{text.filters}</h2>
      <p class="hint">{hint}</p>
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
    </section>
  );
}

function Mistakes({ view }: { readonly view: Extract<TaskView, { kind: "images" }> }) {
  const text = words.value;
  return (
    <section class="task">
      <h2>{text.mistakes}</h2>
      <p class="hint">{view.wrong === 0 ? text.noMistakes : text.mistakesHint(String(view.wrong), String(view.of))}</p>
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
    </section>
  );
}

/** Everything that is drawn of the task. */
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
        <section class="task">
          <h2>{text.plane}</h2>
          <p class="hint">{text.planeHint}</p>
          <Canvas class="plane" label={text.plane} draw={(canvas, colors) => drawPlane(canvas, view, colors)} />
        </section>
      )}
      {view?.kind === "curve" && (
        <section class="task">
          <h2>{text.curve}</h2>
          <p class="hint">{text.curveHint}</p>
          <Canvas class="fit" label={text.curve} draw={(canvas, colors) => drawFit(canvas, view, colors)} />
        </section>
      )}
    </>
  );
}
