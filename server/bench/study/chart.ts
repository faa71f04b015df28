/**
 * One measure of all results as inline SVG, a panel for each maximal size on one scale: over the epochs a line for each
 * optimizer, or, where there is one number of epochs only, a row for each optimizer.
 */
import type { OptimizerName } from '../../../shared/hyperparameters.ts';
import { GOOD_DETAIL } from '../quality/measure.ts';
import { axis, type Axis } from '../report/axis.ts';
import { escapeHtml } from '../report/html.ts';
import { show } from '../report/numbers.ts';
import { labelOf, OPTIMIZER_LABELS } from './grid.ts';
import { optimizersIn, type Measure, type Result } from './results.ts';

const PANEL_WIDTH = 190;
const PANEL_GAP = 18;
const LEFT = 44;
/** For the optimizers' names. */
const NAMES_WIDTH = 62;
const TOP = 24;
const HEIGHT = 150;
const ROW = 20;
const NAME_HEIGHT = 12;
const BOTTOM = 34;
/** Epochs that are all named on their axis. */
const MOST_TICKS = 5;

interface Point {
  readonly result: Result;
  readonly value: number;
}

export function chart(measure: Measure, results: readonly Result[]): string {
  const points = results.flatMap((result) => {
    const value = measure.of(result);
    return value === null ? [] : [{ result, value }];
  });
  if (points.length === 0) return '';
  const epochs = distinct(points.map(({ result }) => result.combination.epochs));
  const sizes = distinct(points.map(({ result }) => result.combination.maxSize));
  const drawn = epochs.length > 1 ? lines(measure, points, epochs, sizes) : rows(measure, points, sizes);
  const better =
    measure.better &&
    { lower: 'lower is better', higher: 'higher is better', one: '1 is best' }[measure.better];
  const told = [measure.unit, better].filter((text) => text !== null).join(' · ');
  const label = `${measure.label}: ${points.map(({ result, value }) => `${labelOf(result.combination)}: ${show(value, measure.digits)}`).join('; ')}`;
  return `<figure class="chart"><figcaption><b>${measure.label}</b> <span>${escapeHtml(told)}</span></figcaption>
<svg viewBox="0 0 ${drawn.width} ${drawn.height}" style="max-width:${drawn.width}px" role="img" aria-label="${escapeHtml(label)}">${drawn.marks}</svg></figure>`;
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly marks: string;
}

/** Values upwards, epochs to the right; the names of the optimizers stand at the ends of the last panel's lines. */
function lines(
  measure: Measure,
  points: readonly Point[],
  epochs: readonly number[],
  sizes: readonly number[],
): Drawn {
  const bottom = TOP + HEIGHT;
  const values = valueAxis(measure, points, bottom, TOP);
  const most = epochs.at(-1) ?? 1;
  const width = LEFT + sizes.length * (PANEL_WIDTH + PANEL_GAP) - PANEL_GAP + NAMES_WIDTH;
  const marks = sizes.map((size, index) => {
    const left = LEFT + index * (PANEL_WIDTH + PANEL_GAP);
    const across = axis(most, left, left + PANEL_WIDTH);
    const own = points.filter(({ result }) => result.combination.maxSize === size);
    const grid = values.ticks.map(
      (tick) =>
        `<path class="grid" d="M${left} ${values.x(tick)}h${PANEL_WIDTH}"/>` +
        (index === 0
          ? `<text class="tick" x="${left - 6}" y="${values.x(tick) + 4}" text-anchor="end">${tick}</text>`
          : ''),
    );
    const band =
      measure.better === 'one'
        ? `<rect class="band" x="${left}" y="${values.x(GOOD_DETAIL[1])}" width="${PANEL_WIDTH}" height="${values.x(GOOD_DETAIL[0]) - values.x(GOOD_DETAIL[1])}"/>`
        : '';
    const ticks = (epochs.length > MOST_TICKS ? across.ticks.filter((tick) => tick <= most) : epochs).map(
      (tick) =>
        `<text class="tick" x="${across.x(tick)}" y="${bottom + 15}" text-anchor="middle">${tick}</text>`,
    );
    const title = `<text x="${left}" y="${TOP - 10}">${size} px</text><text class="tick" x="${left + PANEL_WIDTH / 2}" y="${bottom + 29}" text-anchor="middle">epochs</text>`;
    const optimizers = optimizersIn(own.map(({ result }) => result));
    const series = optimizers.map((optimizer) => {
      const line = own
        .filter(({ result }) => result.combination.optimizer === optimizer)
        .map((point) => ({
          ...point,
          x: across.x(point.result.combination.epochs),
          y: values.x(point.value),
        }))
        .toSorted((a, b) => a.x - b.x);
      const path = line.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
      const dots = line.map(({ x, y, ...point }) => dot(measure, point, x, y));
      return {
        optimizer,
        end: line.at(-1),
        text: `<g class="of-${optimizer}"><path class="line" d="${path}"/>${dots.join('')}</g>`,
      };
    });
    const names = index === sizes.length - 1 ? endNames(series, left + PANEL_WIDTH + 8, bottom) : '';
    return `${band}${grid.join('')}${ticks.join('')}${title}${series.map(({ text }) => text).join('')}${names}`;
  });
  return { width, height: bottom + BOTTOM, marks: marks.join('') };
}

/** Each at its line's end, moved apart where they would overlap. */
function endNames(
  series: readonly { optimizer: OptimizerName; end: { x: number; y: number } | undefined }[],
  x: number,
  bottom: number,
): string {
  const sorted = series.toSorted((a, b) => (a.end?.y ?? 0) - (b.end?.y ?? 0));
  let low = TOP - NAME_HEIGHT;
  const placed = sorted.map(({ optimizer, end }) => {
    low = Math.max(low + NAME_HEIGHT, end?.y ?? 0);
    return { optimizer, y: low };
  });
  let high = bottom + NAME_HEIGHT;
  for (const name of placed.toReversed()) {
    high = Math.min(high - NAME_HEIGHT, name.y);
    name.y = high;
  }
  return placed
    .map(
      ({ optimizer, y }) =>
        `<g class="of-${optimizer}"><text class="name" x="${x}" y="${Number((y + 4).toFixed(1))}">${OPTIMIZER_LABELS[optimizer]}</text></g>`,
    )
    .join('');
}

/** Values to the right, a row for each optimizer. */
function rows(measure: Measure, points: readonly Point[], sizes: readonly number[]): Drawn {
  const optimizers = optimizersIn(points.map(({ result }) => result));
  const bottom = TOP + optimizers.length * ROW;
  const width = NAMES_WIDTH + sizes.length * (PANEL_WIDTH + PANEL_GAP);
  const marks = sizes.map((size, index) => {
    const left = NAMES_WIDTH + index * (PANEL_WIDTH + PANEL_GAP);
    const values = valueAxis(measure, points, left, left + PANEL_WIDTH);
    const grid = values.ticks.map(
      (tick) =>
        `<path class="grid" d="M${values.x(tick)} ${TOP}V${bottom}"/><text class="tick" x="${values.x(tick)}" y="${bottom + 15}" text-anchor="middle">${tick}</text>`,
    );
    const band =
      measure.better === 'one'
        ? `<rect class="band" x="${values.x(GOOD_DETAIL[0])}" y="${TOP}" width="${values.x(GOOD_DETAIL[1]) - values.x(GOOD_DETAIL[0])}" height="${bottom - TOP}"/>`
        : '';
    const series = optimizers.map((optimizer, row) => {
      const y = TOP + row * ROW + ROW / 2;
      const name =
        index === 0
          ? `<text class="name" x="${NAMES_WIDTH - 8}" y="${y + 4}" text-anchor="end">${OPTIMIZER_LABELS[optimizer]}</text>`
          : '';
      const dots = points
        .filter(
          ({ result: { combination } }) =>
            combination.optimizer === optimizer && combination.maxSize === size,
        )
        .map((point) => dot(measure, point, values.x(point.value), y));
      return `<g class="of-${optimizer}"><path class="row" d="M${left} ${y}h${PANEL_WIDTH}"/>${name}${dots.join('')}</g>`;
    });
    return `${band}${grid.join('')}<text x="${left}" y="${TOP - 10}">${size} px</text>${series.join('')}`;
  });
  return { width, height: bottom + 20, marks: marks.join('') };
}

function dot(measure: Measure, { result, value }: Point, x: number, y: number): string {
  const title = `${labelOf(result.combination)}: ${show(value, measure.digits)}`;
  return `<circle cx="${x}" cy="${y}" r="3.5"><title>${escapeHtml(title)}</title></circle>`;
}

function valueAxis(measure: Measure, points: readonly Point[], start: number, end: number): Axis {
  const values = points.map(({ value }) => value);
  return axis(Math.max(...values, measure.better === 'one' ? 1.2 : 0), start, end, Math.min(...values));
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)].toSorted((a, b) => a - b);
}
