/** What the view of windows is set by: presets, and sliders for the sizes. */
import type { WindowsSpec } from "../../engine/windows.ts";
import { text } from "../../state/settings.ts";
import { countedPixels, type PresetName, presets, windows } from "../../state/windows.ts";
import { Button, Slider } from "../parts.tsx";

function change(next: Partial<WindowsSpec>): void {
  const before = windows.peek();
  if (before !== null) windows.value = { ...before, ...next };
}

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
          <Button
            key={name}
            data-preset={name}
            aria-pressed={spec === presets[name]}
            onClick={() => (windows.value = presets[name])}
          >
            {words.windowPresets[name]}
          </Button>
        ))}
      </p>
      <div class="sliders">
        <Slider name={words.imageSize} value={height} min={2} max={7} onSlide={resize} />
        <Slider
          name={words.windowSize}
          value={spec.filter[0]}
          min={1}
          max={5}
          onSlide={(size) => change({ filter: [size, size] })}
        />
        <Slider name="stride" value={spec.stride} min={1} max={4} onSlide={(stride) => change({ stride })} />
        <Slider name="pad" value={spec.pad} min={0} max={3} onSlide={(pad) => change({ pad })} />
        <Slider name="dilation" value={spec.dilation} min={1} max={3} onSlide={(dilation) => change({ dilation })} />
      </div>
      <p class="presets">
        <Button
          aria-pressed={spec.mode === "max"}
          onClick={() => change({ mode: spec.mode === "max" ? "product" : "max" })}
        >
          {words.maxPooling}
        </Button>
        <Button
          aria-pressed={spec.upstream === "ones"}
          onClick={() => change({ upstream: spec.upstream === "ones" ? "count" : "ones" })}
        >
          {words.upstreamOnes}
        </Button>
        {spec.mode === "product" && (
          <Button
            aria-pressed={spec.weights === "ones"}
            onClick={() => change({ weights: spec.weights === "ones" ? "count" : "ones" })}
          >
            {words.weightsOnes}
          </Button>
        )}
      </p>
    </div>
  );
}
