import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatBytes, formatCount, formatSeconds } from '../../words/format.ts';

export interface ChartSeries {
  readonly label: string;
  /** A custom property of the theme, such as `--good`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly title: string;
  /** Both ends of the time axis, ISO 8601: also one point, or none, stands where it belongs. */
  readonly from: string;
  readonly to: string;
  /** ISO 8601, ascending. */
  readonly times: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly unit: Unit;
}

interface Scale {
  readonly format: (value: number) => string;
  /** Distances between two lines of the axis that read well. */
  readonly steps: number[];
}

const decimalSteps = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => 10 ** (from + index)).flatMap((one) => [
    one,
    2 * one,
    5 * one,
  ]);

const UNITS = {
  /** Half an upload is none. */
  count: { format: formatCount, steps: decimalSteps(0, 9) },
  bytes: { format: formatBytes, steps: Array.from({ length: 60 }, (_, power) => 2 ** power) },
  seconds: { format: formatSeconds, steps: decimalSteps(-3, 6) },
} satisfies Record<string, Scale>;
export type Unit = keyof typeof UNITS;

const heightPx = 190;
const axisWidthPx = 66;
const daySeconds = 86_400;

/** Lines over time. The canvas is for eyes; the same numbers stand in the tiles beside it for everybody else. */
export function Chart(props: ChartProps) {
  const { title, from, to, times, series } = props;
  const frame = useRef<HTMLDivElement>(null);
  const signature = JSON.stringify([from, to, times, series.map(({ label, values }) => [label, values])]);
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const draw = () => new uPlot(options(element, props), dataOf(props), element);
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

const secondsOf = (time: string): number => Date.parse(time) / 1000;

const dataOf = ({ times, series }: ChartProps): uPlot.AlignedData => [
  times.map(secondsOf),
  ...series.map(({ values }) => [...values]),
];

function options(element: HTMLElement, { from, to, times, series, unit }: ChartProps): uPlot.Options {
  const { format, steps }: Scale = UNITS[unit];
  const color = (name: string): string => resolvedColor(element, name);
  const axis = {
    stroke: color('--text-muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: heightPx,
    scales: {
      x: { range: [secondsOf(from), secondsOf(to)] },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      { ...axis, values: (_plot, seconds, _axis, _space, step) => timeLabels(seconds, step) },
      {
        ...axis,
        size: axisWidthPx,
        incrs: steps,
        values: (_plot, values) => values.map((value) => format(value)),
      },
    ],
    series: [
      {
        label: 'Time',
        value: (_plot: uPlot, seconds: number | null) =>
          seconds === null ? '–' : momentFormat.format(seconds * 1000),
      },
      ...series.map((line) => ({
        label: line.label,
        stroke: color(line.color),
        width: 2,
        // Also where they stand close: a number between two gaps has no line.
        points: { show: true, size: 5, fill: color(line.color) },
        value: (_plot: uPlot, value: number | null) => (value === null ? '–' : format(value)),
      })),
    ],
    // Without a pointer over it the legend tells the latest numbers.
    hooks: {
      setLegend: [
        (plot) => {
          if (times.length > 0 && typeof plot.legend.idx !== 'number')
            plot.setLegend({ idx: times.length - 1 });
        },
      ],
    },
  };
}

const dayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const hourFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Hours, with the day below the first one of each. */
function timeLabels(all: readonly number[], stepSeconds: number): string[] {
  const days = all.map((seconds) => dayFormat.format(seconds * 1000));
  if (stepSeconds >= daySeconds) return days;
  return all.map((seconds, index) => {
    const hour = hourFormat.format(seconds * 1000);
    return days[index] === days[index - 1] ? hour : `${hour}\n${days[index]}`;
  });
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
