/** The report: one HTML file that needs nothing else. */
import { chart } from './chart.ts';
import { escapeHtml } from '../report/html.ts';
import { count, median, show } from '../report/numbers.ts';
import { betterText, FIGURES } from './measure.ts';
import type { Shape } from './options.ts';
import { bestOf, goals, photosIn, shapesIn, wayInfo, waysIn, type Result, type Run } from './results.ts';
import { SCRIPT, STYLE } from '../report/style.ts';

/** The whole report as HTML. */
export function report(run: Run): string {
  const { results, version, machine, notes } = run;
  const [photos, shapes] = [photosIn(results), shapesIn(results)];
  const links = [
    ...shapes.map(({ name }) => [`shape-${name}`, name] as const),
    ...photos.map((name, index) => [`photo-${index}`, name] as const),
  ].map(([id, name]) => `<a href="#${id}">${escapeHtml(name)}</a>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Quality figures · Panorama Converter</title><style>${STYLE}</style></head><body>
<header><h1>How well is the frame filled?</h1>
<p class="quiet">Panorama Converter ${escapeHtml(version)} · ${count(photos.length, 'photo')}, ${count(shapes.length, 'shape')}, ${count(waysIn(results).length, 'way')} of filling · ${escapeHtml(machine)}</p>
<p>Ours are blue, the others brown. In tables the best value of a column is marked; click a picture to see it alone.</p>
${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
<nav>${links.join('')}</nav></header>
${key(run)}
${shapes.map((shape) => shapeSection(run, shape)).join('\n')}
${photos.map((photo, index) => photoSection(run, photo, index)).join('\n')}
<dialog aria-label="Picture"></dialog><script>${SCRIPT}</script></body></html>
`;
}

function key({ results, classic }: Run): string {
  const ways = waysIn(results).map((way) => {
    const { label, says } = wayInfo(way, classic);
    return `<tr><td>${label}</td><td>${escapeHtml(says)}</td></tr>`;
  });
  const figures = FIGURES.map(
    ({ label, unit, says, better }) =>
      `<tr><td>${label}</td><td>${escapeHtml(says)}</td><td>${unit}</td><td>${betterText(better)}</td></tr>`,
  );
  return `<details><summary>What the ways and the figures are</summary>
<div class="scroll"><table class="key"><tbody>${ways.join('')}</tbody></table></div>
<div class="scroll"><table class="key"><tbody>${figures.join('')}</tbody></table></div>
<p class="quiet">Every picture is measured against the photo at the scale at which it shows it. Seconds are those of making the picture from the decoded photo on this machine, without training.</p></details>`;
}

function shapeSection(run: Run, { name, frame }: Shape): string {
  const results = run.results.filter(({ shape }) => shape.name === name);
  const photos = photosIn(results).length;
  const rows = goals(results)
    .filter(({ of }) => of > 0)
    .map(
      ({ says, reached, of, missed }) =>
        `<tr><td>${escapeHtml(says)}</td><td>${reached} of ${of}</td><td class="quiet">${missed.length > 0 ? `not ${escapeHtml(missed.join(', '))}` : ''}</td></tr>`,
    );
  return `<section><h2 id="shape-${name}">${name} <span class="quiet">${frame.width}×${frame.height}</span></h2>
<h3>${photos > 1 ? `Medians over ${photos} photos` : 'Figures'}</h3>${table(results, run.classic)}
<h3>What is asked of Extend</h3><div class="scroll"><table class="goals"><tbody>${rows.join('')}</tbody></table></div>
<div class="charts">${FIGURES.map((info) => chart(info, results, run.classic)).join('')}</div></section>`;
}

function photoSection(run: Run, photo: string, index: number): string {
  const own = run.results.filter((result) => result.photo === photo);
  const parts = shapesIn(own).map((shape) => {
    const results = own.filter((result) => result.shape.name === shape.name);
    return `<h3>${shape.name}</h3>${sheet(results, shape, run.classic)}<details><summary>Figures</summary>${table(results, run.classic)}</details>`;
  });
  return `<section><h2 id="photo-${index}">${escapeHtml(photo)}</h2>${parts.join('\n')}</section>`;
}

function sheet(results: readonly Result[], { name, frame }: Shape, classic: boolean): string {
  const ratio = frame.width / frame.height;
  const columns = ratio > 1.6 ? 2 : ratio > 0.8 ? 4 : results.length;
  const figures = results.map(({ photo, way, figures, image, seconds }) => {
    const { label, says, ours } = wayInfo(way, classic);
    const told = `MS-SWD ${show(figures.swd, 1)} · detail ${show(figures.detail, 2)} · ${show(seconds, 1)} s`;
    return `<figure class="${ours ? 'ours' : 'others'}"><img src="${image}" width="${frame.width}" height="${frame.height}" loading="lazy" alt="${escapeHtml(`${photo} at ${name}: ${says}`)}"><figcaption><b>${label}</b><br><span>${told}</span></figcaption></figure>`;
  });
  return `<div class="sheet" style="grid-template-columns: repeat(${columns}, minmax(0, 1fr))">${figures.join('')}</div>`;
}

/** A row for each way, a column for each figure: medians where there are several photos. */
function table(results: readonly Result[], classic: boolean): string {
  const ways = waysIn(results);
  const ofWay = (way: Result['way']): Result[] => results.filter((result) => result.way === way);
  const columns = FIGURES.map((info) => {
    const values = new Map(
      ways.map((way) => [way, median(ofWay(way).map(({ figures }) => figures[info.name]))]),
    );
    return { info, values, best: bestOf(info, values) };
  });
  const head = columns.map(
    ({ info }) => `<th scope="col">${info.label}<small>${betterText(info.better)}</small></th>`,
  );
  const body = ways.map((way) => {
    const { label, ours } = wayInfo(way, classic);
    const cells = columns.map(
      ({ info, values, best }) =>
        `<td${best.has(way) ? ' class="best"' : ''}>${show(values.get(way) ?? null, info.digits)}</td>`,
    );
    const seconds = show(median(ofWay(way).map((result) => result.seconds)), 1);
    const training = show(median(ofWay(way).map(({ trainSeconds }) => trainSeconds)), 1);
    return `<tr class="${ours ? 'ours' : 'others'}"><th scope="row">${label}</th>${cells.join('')}<td>${seconds}</td><td>${training}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th></th>${head.join('')}<th scope="col">Seconds</th><th scope="col">Training<small>seconds in this run</small></th></tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}
