/** A dot plot of one figure: a row for each way, a dot for each photo, a line at the median. Inline SVG. */
import { axis, type Axis } from '../report/axis.ts';
import { escapeHtml } from '../report/html.ts';
import { median, show } from '../report/numbers.ts';
import { GOOD_DETAIL, isBetter, type FigureInfo } from './measure.ts';
import { photosIn, wayInfo, waysIn, type Result } from './results.ts';

const WIDTH = 340;
const LABEL_WIDTH = 104;
const RIGHT = 14;
const ROW = 20;
const TOP = 6;

export function chart(info: FigureInfo, results: readonly Result[], classic: boolean): string {
  const rows = waysIn(results).flatMap((way) => {
    const points = results.flatMap(({ way: other, photo, figures }) => {
      const value = figures[info.name];
      return other === way && value !== null ? [{ photo, value }] : [];
    });
    return points.length > 0 ? [{ way, points }] : [];
  });
  if (rows.length === 0) return '';
  const scale = axisFor(
    info,
    rows.flatMap(({ points }) => points.map(({ value }) => value)),
  );
  const bottom = TOP + rows.length * ROW;
  const marks = rows.map(({ way, points }, index) => {
    const y = TOP + index * ROW + ROW / 2;
    const { label, ours } = wayInfo(way, classic);
    const middle = median(points.map(({ value }) => value)) ?? 0;
    const dots = points.map(
      ({ photo, value }) =>
        `<circle cx="${scale.x(value)}" cy="${y}" r="3.5"><title>${escapeHtml(photo)}: ${show(value, info.digits)}</title></circle>`,
    );
    const line =
      points.length > 1
        ? `<path class="median" d="M${scale.x(middle)} ${y - 7}v14"><title>median ${show(middle, info.digits)}</title></path>`
        : '';
    return `<g class="${ours ? 'ours' : 'others'}"><text x="${LABEL_WIDTH - 8}" y="${y + 4}" text-anchor="end">${label}</text><path class="row" d="M${LABEL_WIDTH} ${y}H${WIDTH - RIGHT}"/>${line}${dots.join('')}</g>`;
  });
  const ticks = scale.ticks.map(
    (tick) =>
      `<path class="grid" d="M${scale.x(tick)} ${TOP}V${bottom}"/><text class="tick" x="${scale.x(tick)}" y="${bottom + 14}" text-anchor="middle">${tick}</text>`,
  );
  const [low, high] = GOOD_DETAIL.map(scale.x);
  const band =
    info.better === 'one'
      ? `<rect class="band" x="${low}" y="${TOP}" width="${(high ?? 0) - (low ?? 0)}" height="${bottom - TOP}"/>`
      : '';
  const better = { lower: '← better', higher: 'better →', one: '1 is best' }[info.better];
  const best = rows.reduce((a, b) => (isBetter(info, middleOf(b.points), middleOf(a.points)) ? b : a));
  const summary = `${info.label}: best ${wayInfo(best.way, classic).label}, over ${photosIn(results).length} photos`;
  return `<figure class="chart"><figcaption><b>${info.label}</b> <span>${info.unit} · ${better}</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${bottom + 20}" role="img" aria-label="${escapeHtml(summary)}">${band}${ticks.join('')}${marks.join('')}</svg></figure>`;
}

function middleOf(points: readonly { value: number }[]): number {
  return median(points.map(({ value }) => value)) ?? 0;
}

/** Across the rows, from 0 to what the figure reaches. */
function axisFor({ name }: FigureInfo, values: readonly number[]): Axis {
  return axis(
    name === 'seam' ? 100 : Math.max(...values, name === 'detail' ? 1.2 : 0),
    LABEL_WIDTH,
    WIDTH - RIGHT,
  );
}
