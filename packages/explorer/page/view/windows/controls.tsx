/** What the view of windows is set by: presets, and sliders for the sizes. */
import type { WindowsSpec } from "../../engine/windows.ts";
import { text } from "../../state/settings.ts";
import { countedPixels, type PresetName, presets, windows } from "../../state/windows.ts";

function change(next: Partial<WindowsSpec>): void {
  const before = windows.peek();
  if (before !== null) windows.value = { ...before, ...next };
}

function Slider({
  label,
  value,
  least,
  most,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <label class="slider">
      <span>
        {label} <output>{value}</output>
      </span>
      <input
        type="range"
        min={least}
        max={most}
        value={value}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
    </label>
  );
}

/** The controls. */
export function Controls({ spec }: { readonly spec: WindowsSpec }) {
  const words = text.value;
  const [images, channels, height] = spec.shape;
  const resize = (side: number): void => {
    const shape = [images, channels, side, side] as const;
    const area = side * side * images * channels;
    const isOnes = spec.pixels.every((value) => value === 1);
    change({ shape, pixels: isOnes ? new Array(area).fill(1) : countedPixels(shape) });
  };
  return (
    <div class="controls">
      <p class="presets">
        {(Object.keys(presets) as PresetName[]).map((name) => (
          <button
            key={name}
            type="button"
            data-preset={name}
            aria-pressed={spec === presets[name]}
            onClick={() => {
              windows.value = presets[name];
            }}
          >
            {words.windowPresets[name]}
          </button>
        ))}
      </p>
      <div class="sliders">
        <Slider label={words.imageSize} value={height} least={2} most={7} onChange={resize} />
        <Slider
          label={words.windowSize}
          value={spec.filter[0]}
          least={1}
          most={5}
          onChange={(size) => change({ filter: [size, size] })}
        />
        <Slider label="stride" value={spec.stride} least={1} most={4} onChange={(stride) => change({ stride })} />
        <Slider label="pad" value={spec.pad} least={0} most={3} onChange={(pad) => change({ pad })} />
        <Slider
          label="dilation"
          value={spec.dilation}
          least={1}
          most={3}
          onChange={(dilation) => change({ dilation })}
        />
      </div>
      <p class="presets">
        <button
          type="button"
          aria-pressed={spec.mode === "max"}
          onClick={() => change({ mode: spec.mode === "max" ? "product" : "max" })}
        >
          {words.maxPooling}
        </button>
        <button
          type="button"
          aria-pressed={spec.upstream === "ones"}
          onClick={() => change({ upstream: spec.upstream === "ones" ? "count" : "ones" })}
        >
          {words.upstreamOnes}
        </button>
        {spec.mode === "product" && (
          <button
            type="button"
            aria-pressed={spec.weights === "ones"}
            onClick={() => change({ weights: spec.weights === "ones" ? "count" : "ones" })}
          >
            {words.weightsOnes}
          </button>
        )}
      </p>
    </div>
  );
}
