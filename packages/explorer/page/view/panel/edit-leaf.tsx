/** Changing a leaf: a field for each of a few elements, or one element of many by its number. */
import { isFloat } from "@adjoint/tensor";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { shapeText } from "../../../src/drawing/labels.ts";
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import { accepted } from "../../engine/element.ts";
import type { TensorView } from "../../engine/tensor-view.ts";
import { gradients, graph, opened, summaries } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { isKnown } from "../../state/stepping.ts";
import { edits, setEdits, setElement } from "../../state/view.ts";
import { Button, Slider } from "../parts.tsx";
import { indexText } from "./figures/cells.tsx";
import { Nudge } from "./nudge.tsx";

/** The most elements that have a field each. */
const few = 36;

interface Leaf {
  readonly id: number;
  readonly name: string;
  readonly tensor: TensorView;
}

function Field({
  id,
  place,
  label,
  value,
  onFocus,
}: {
  readonly id: number;
  readonly place: number;
  readonly label: string;
  readonly value: number;
  readonly onFocus?: () => void;
}) {
  const { dtype } = graph.value.nodes[id];
  // A field for numbers cannot hold NaN or infinity: it stays empty, and the value is written behind it.
  const shown = Number.isFinite(value) ? String(isFloat(dtype) ? Number(value.toPrecision(7)) : value) : "";
  const field = useRef<HTMLInputElement>(null);
  // Only when this value changes: what is being typed stays when the rest of the graph was computed meanwhile.
  useLayoutEffect(() => {
    if (field.current !== null) field.current.value = shown;
  }, [shown]);
  const change = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const next = accepted(input.value, dtype);
    // What changes nothing is not kept, so that the field never shows what the graph does not have.
    if (next === null || next === value) input.value = shown;
    else void setElement(id, place, next);
  };
  return (
    <input
      type="number"
      ref={field}
      step={isFloat(dtype) ? "any" : 1}
      placeholder={shown === "" ? numberText(value) : undefined}
      aria-label={label}
      onChange={change}
      {...(onFocus === undefined ? {} : { onFocus })}
    />
  );
}

/** The element that a slider moves: between nothing and twice its first value, or one around 0. */
function ElementSlider({ id, place, value }: { readonly id: number; readonly place: number; readonly value: number }) {
  const first = useRef(value);
  const span = Math.max(1, Math.abs(first.current));
  const { dtype, shape } = graph.value.nodes[id];
  const isWhole = !isFloat(dtype);
  return (
    <Slider
      name={shape.length === 0 ? text.value.slide : `${text.value.slide} ${indexText(shape, place)}`}
      shown={numberText(value)}
      isWide
      min={isWhole ? Math.floor(first.current - span) : first.current - span}
      max={isWhole ? Math.ceil(first.current + span) : first.current + span}
      step={isWhole ? 1 : span / 100}
      value={value}
      onSlide={(to) => {
        const next = accepted(String(to), dtype);
        if (next !== null) void setElement(id, place, next);
      }}
    />
  );
}

/** What a change leads to, wherever it is drawn: the outputs with names, and the leaf's gradient where it has its own. */
function Outcomes({ id }: { readonly id: number }) {
  const { nodes, outputs } = graph.value;
  const gradient = gradients.value.get(id);
  const ids = gradient !== undefined && nodes[gradient].op !== null ? [...outputs, gradient] : outputs;
  const shown = ids.flatMap((output) => {
    const { name } = nodes[output];
    const value = summaries.value[output]?.value ?? null;
    return name === undefined || value === null || !isKnown(output) ? [] : [`${name} = ${numberText(value)}`];
  });
  return shown.length === 0 ? null : <p class="outcomes">{shown.join(" · ")}</p>;
}

/** What one can do to a leaf's value. */
export function EditLeaf({ id, name, tensor }: Leaf) {
  const words = text.value;
  const [place, setPlace] = useState(0);
  useEffect(() => setPlace(0), [id]);
  const reason = opened.value?.cannotRun ?? null;
  if (reason !== null) {
    return (
      <section>
        <h3>{words.edit}</h3>
        <p>
          {words.cannotRun} <span lang="en">{reason}</span>
        </p>
      </section>
    );
  }
  const most = tensor.elements.length - 1;
  const columns = tensor.shape.length < 2 ? Math.min(6, tensor.elements.length) : tensor.shape[tensor.shape.length - 1];
  return (
    <section class="edit">
      <h3>{words.edit}</h3>
      {tensor.summary.size <= few && columns <= 6 ? (
        <div class="grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
          {tensor.elements.map((value, k) => (
            <Field
              key={k}
              id={id}
              place={k}
              value={value}
              label={`${name}${shapeText(tensor.shape) === "" ? "" : ` [${k}]`}`}
              onFocus={() => setPlace(k)}
            />
          ))}
        </div>
      ) : (
        <p class="fields">
          <label>
            {words.element}{" "}
            <input
              type="number"
              min={0}
              max={most}
              value={place}
              onChange={(event) => {
                const next = Math.max(0, Math.min(most, Math.floor(Number(event.currentTarget.value))));
                event.currentTarget.value = String(next);
                setPlace(next);
              }}
            />
          </label>
          <span>
            {words.newValue}{" "}
            <Field key={`${place}`} id={id} place={place} label={words.newValue} value={tensor.elements[place]} />
          </span>
        </p>
      )}
      {graph.value.nodes[id].dtype !== "bool" && Number.isFinite(tensor.elements[place]) && (
        <ElementSlider key={`${id} ${place}`} id={id} place={place} value={tensor.elements[place]} />
      )}
      <Outcomes id={id} />
      <Nudge key={`n${id} ${place}`} id={id} place={place} />
      <p class="hint">{words.editHint}</p>
      {edits.value.size > 0 && <Button onClick={() => void setEdits(new Map())}>{words.reset}</Button>}
    </section>
  );
}
