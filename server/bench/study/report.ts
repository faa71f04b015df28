/** The study's report: one HTML file that needs nothing else. */
import { betterText, FIGURES, isBetter } from '../quality/measure.ts';
import { escapeHtml } from '../report/html.ts';
import { count, show } from '../report/numbers.ts';
import { SCRIPT, STYLE } from '../report/style.ts';
import { chart } from './chart.ts';
import { labelOf, OPTIMIZER_LABELS } from './grid.ts';
import {
  figuresOf,
  optimizersIn,
  TIME_AND_LOSSES,
  trainingSeconds,
  type Measure,
  type Result,
  type Run,
} from './results.ts';
import { SORT_SCRIPT, STUDY_STYLE } from './style.ts';
import type { ImageOf } from './thumbnails.ts';

/** The whole report as HTML. */
export async function report(run: Run, imageOf: ImageOf): Promise<string> {
  const { results, setting, photo, version } = run;
  const { width, height } = setting.frame;
  const rate = setting.learningRate === null ? '' : ` · learning rate ${setting.learningRate}`;
  const machines = [...new Set(results.map(({ outcome }) => outcome.machine))].join('; ');
  const parts = [
    [
      TIME_AND_LOSSES,
      'training',
      'Time and losses',
      'Losses are the finest scale’s last ones. Picture: sampling 16 layouts or fewer, ranking them and painting the best. Seconds are those of the clock, so they depend on what else the machine did.',
    ],
    [
      figuresOf('panorama'),
      'panorama',
      'Figures of the panorama',
      'The best layout, painted from the photo’s own patches at the frame’s size: what the program delivers.',
    ],
    [
      figuresOf('sample'),
      'sample',
      'Figures of the sample',
      'The same layout as the SinGAN draws it, before it is painted, against the photo at that size: what the training alone is worth.',
    ],
  ] as const;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Study of ${escapeHtml(photo)} · Panorama Converter</title><style>${STYLE}${STUDY_STYLE}</style></head><body>
<header><h1>What do epochs, size and optimizer do?</h1>
<p class="quiet">Panorama Converter ${escapeHtml(version)} · ${escapeHtml(photo)} in ${width}×${height}, ${setting.mode} · preset ${setting.preset}${rate}, seed ${setting.seed} · engine ${escapeHtml(run.engine)} · ${escapeHtml(machines)}</p>
<p>${escapeHtml(summary(run))} “Epochs” are iterations of the training loop at one scale; the size is the long side of the finest scale. In tables the best value of a column is marked, and a click on a heading sorts; click a picture to see it alone.</p>
${run.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
<nav><a href="#pictures">Pictures</a>${parts.map(([, id, title]) => `<a href="#${id}">${title}</a>`).join('')}<a href="#scales">Every scale</a></nav>
<figure class="photo"><img src="${run.photoImage}" alt="The photo"><figcaption>The photo</figcaption></figure></header>
<section><h2 id="pictures">Pictures</h2><p class="quiet">Above the panorama, below the sample that it is painted from.</p>
${await sheets(results, imageOf)}</section>
${parts
  .map(
    ([measures, id, title, says]) =>
      `<section><h2 id="${id}">${title}</h2><p class="quiet">${says}</p>${table(results, measures)}
<div class="charts">${measures.map((measure) => chart(measure, results)).join('')}</div></section>`,
  )
  .join('\n')}
${scales(results)}
${key()}
<dialog aria-label="Picture"></dialog><script>${SCRIPT}${SORT_SCRIPT}</script></body></html>
`;
}

function summary({ results, count: all }: Run): string {
  const diverged = results.filter(({ outcome }) => outcome.kind === 'diverged').length;
  const seconds = results.reduce((sum, { outcome }) => sum + trainingSeconds(outcome.scales), 0);
  const finished = results.length === all ? 'all finished' : `${results.length} finished so far`;
  return `${count(all, 'combination')}, ${finished}${diverged > 0 ? `, ${diverged} of them diverged` : ''}; ${(seconds / 60).toFixed(1)} minutes of training.`;
}

/** For each size a sheet: a row for each number of epochs, a column for each optimizer. */
async function sheets(results: readonly Result[], imageOf: ImageOf): Promise<string> {
  const optimizers = optimizersIn(results);
  const sizes = [...new Set(results.map(({ combination }) => combination.maxSize))].toSorted((a, b) => a - b);
  const rows = [...new Set(results.map(({ combination }) => combination.epochs))].toSorted((a, b) => a - b);
  const parts = sizes.map(async (size) => {
    const cells = results
      .filter(({ combination }) => combination.maxSize === size)
      .map(async (result) => {
        const { optimizer, epochs } = result.combination;
        const place = `grid-area:${rows.indexOf(epochs) + 1}/${optimizers.indexOf(optimizer) + 1}`;
        return `<figure style="${place}">${await cell(result, imageOf)}</figure>`;
      });
    return `<h3>${size} px</h3><div class="scroll"><div class="sheet" style="grid-template-columns: repeat(${optimizers.length}, minmax(170px, 1fr))">${(await Promise.all(cells)).join('')}</div></div>`;
  });
  return (await Promise.all(parts)).join('\n');
}

async function cell({ combination, outcome }: Result, imageOf: ImageOf): Promise<string> {
  const { optimizer, epochs } = combination;
  const name = `<b>${OPTIMIZER_LABELS[optimizer]}</b>, ${epochs} epochs`;
  if (outcome.kind === 'diverged')
    return `<div class="diverged">Diverged at scale ${outcome.scales.length + 1}</div><figcaption>${name}</figcaption>`;
  const { panorama, sample, scales } = outcome;
  const images = await Promise.all(
    [panorama, sample].map(async (view, index) => {
      const alt = `${labelOf(combination)}: the ${index === 0 ? 'panorama' : 'sample'}`;
      return `<img src="${await imageOf(view)}" width="${view.width}" height="${view.height}" loading="lazy" alt="${alt}">`;
    }),
  );
  const told = `MS-SWD ${show(panorama.figures.swd, 1)}, of the sample ${show(sample.figures.swd, 1)} · trained ${show(trainingSeconds(scales), 0)} s`;
  return `${images.join('')}<figcaption>${name}<br><span>${told}</span></figcaption>`;
}

/** A row for each result, a column for each measure. */
function table(results: readonly Result[], measures: readonly Measure[]): string {
  const columns = measures
    .filter((measure) => results.some((result) => measure.of(result) !== null))
    .map((measure) => ({ measure, best: bestOf(measure, results) }));
  const head = columns.map(({ measure: { label, unit, better } }) =>
    heading(label, better === null ? unit : `${unit}, ${betterText(better)}`),
  );
  const body = results.map((result) => {
    const cells = columns.map(({ measure, best }) => {
      const value = measure.of(result);
      const shown = show(value, measure.digits);
      return `<td data-value="${value ?? ''}"${value !== null && shown === best ? ' class="best"' : ''}>${shown}</td>`;
    });
    return row(result, cells.join(''));
  });
  return sortable(head.join(''), body);
}

/** The best value as it is shown; null where none is better. */
function bestOf(measure: Measure, results: readonly Result[]): string | null {
  const { better, digits } = measure;
  if (better === null || results.length < 2) return null;
  const values = results.flatMap((result) => measure.of(result) ?? []);
  const best = values.reduce<number | null>(
    (a, b) => (a === null || isBetter({ better }, b, a) ? b : a),
    null,
  );
  return best === null ? null : show(best, digits);
}

/** What every scale took and gave. */
function scales(results: readonly Result[]): string {
  const losses = TIME_AND_LOSSES.slice(2);
  const head = ['Scale', 'Size', 'Iterations', 'Seconds', ...losses.map(({ label }) => label)].map((label) =>
    heading(label, ''),
  );
  const names = ['reconstruction', 'discriminator', 'generator', 'gradientPenalty'] as const;
  const body = results.flatMap((result) => {
    const { scales: trained, ...outcome } = result.outcome;
    const rows = trained.map(({ width, height, epochs, seconds, losses: own }, index) => {
      const cells = [
        [index + 1, String(index + 1)],
        [width * height, `${width}×${height}`],
        [epochs, String(epochs)],
        [seconds, show(seconds, 1)],
        ...names.map((name) => [own[name], show(own[name], 4)] as const),
      ] as const;
      return row(result, cells.map(([value, shown]) => `<td data-value="${value}">${shown}</td>`).join(''));
    });
    if (outcome.kind === 'finished') return rows;
    return [
      ...rows,
      row(
        result,
        `<td data-value="${trained.length + 1}">${trained.length + 1}</td><td class="words" colspan="7">${escapeHtml(outcome.message)}</td>`,
      ),
    ];
  });
  return `<section><h2 id="scales">Every scale</h2><details><summary>${count(body.length, 'row')}</summary>${sortable(head.join(''), body)}</details></section>`;
}

function row({ combination: { optimizer, epochs, maxSize } }: Result, cells: string): string {
  const label = OPTIMIZER_LABELS[optimizer];
  return `<tr class="of-${optimizer}"><th scope="row" data-value="${label}">${label}</th><td data-value="${epochs}">${epochs}</td><td data-value="${maxSize}">${maxSize}</td>${cells}</tr>`;
}

function heading(label: string, says: string): string {
  return `<th scope="col"><button>${label}</button>${says === '' ? '' : `<small>${escapeHtml(says)}</small>`}</th>`;
}

function sortable(head: string, body: readonly string[]): string {
  const first = heading('Optimizer', '') + heading('Epochs', '') + heading('Max size', 'px');
  return `<div class="scroll"><table><thead><tr>${first}${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function key(): string {
  const rows = FIGURES.map(
    ({ label, unit, says, better }) =>
      `<tr><td>${label}</td><td>${escapeHtml(says)}</td><td>${unit}</td><td>${betterText(better)}</td></tr>`,
  );
  return `<section><details><summary>What the figures are</summary><div class="scroll"><table class="key"><tbody>${rows.join('')}</tbody></table></div></details></section>`;
}
