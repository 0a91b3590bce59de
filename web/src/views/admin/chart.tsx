import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface ChartSeries {
  readonly label: string;
  /** A custom property of the theme, such as `--good`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly title: string;
  /** ISO 8601, ascending. */
  readonly times: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
}

const heightPx = 190;
const axisWidthPx = 62;

/** Lines over time. The canvas is for eyes; the same numbers stand in the tiles beside it for everybody else. */
export function Chart({ title, times, series, format }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const signature = JSON.stringify([times, series.map(({ label, values }) => [label, values])]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const draw = () => new uPlot(options(element, series, format), dataOf(times, series), element);
    let plot = draw();
    const redraw = () => {
      plot.destroy();
      plot = draw();
    };
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: heightPx }));
    resized.observe(element);
    // The canvas holds colours, not names of colours: another theme is another picture.
    const themed = new MutationObserver(redraw);
    themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', redraw);
    return () => {
      system.removeEventListener('change', redraw);
      themed.disconnect();
      resized.disconnect();
      plot.destroy();
    };
  }, [signature]);
  return (
    <figure class="chart" data-testid="chart" data-title={title}>
      <figcaption>{title}</figcaption>
      <div ref={frame} class="chart-frame" />
    </figure>
  );
}

const dataOf = (times: readonly string[], series: readonly ChartSeries[]): uPlot.AlignedData => [
  times.map((time) => Date.parse(time) / 1000),
  ...series.map(({ values }) => [...values]),
];

function options(
  element: HTMLElement,
  series: readonly ChartSeries[],
  format: (value: number) => string,
): uPlot.Options {
  const color = (name: string): string => resolvedColor(element, name);
  const axis = {
    stroke: color('--text-muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      axis,
      { ...axis, size: axisWidthPx, values: (_plot, values) => values.map((value) => format(value)) },
    ],
    series: [
      {},
      ...series.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 2,
        points: { size: 5, fill: color(line.color) },
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : format(value)),
      })),
    ],
    legend: { live: true },
  };
}

/** A canvas takes no light-dark(): the browser works the colour out on an element. */
function resolvedColor(near: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  near.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
