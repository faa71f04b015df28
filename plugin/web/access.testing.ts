/** What a page must have for those who do not see it. */
import type { Frame, Page } from 'playwright-core';

/** Controls without a name, pictures without a text, ids that are there twice or nowhere, missing landmarks. */
export function unnamed(page: Page | Frame): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const nameOf = (element: Element): string => {
      const labelled = element.getAttribute('aria-labelledby')?.split(' ') ?? [];
      const field = element instanceof HTMLInputElement || element instanceof HTMLSelectElement;
      const texts = [
        element.getAttribute('aria-label'),
        ...labelled.map((id) => document.getElementById(id)?.textContent),
        ...(field ? [...(element.labels ?? [])].map((label) => label.textContent) : [element.textContent]),
      ];
      return texts.join('').trim();
    };
    const controls =
      'button, a, input:not([hidden]), select, summary, [role=group], [role=progressbar], [role=region]';
    for (const element of document.querySelectorAll(controls)) {
      if (nameOf(element) === '') found.push(`no name: ${element.outerHTML.slice(0, 120)}`);
    }
    for (const image of document.querySelectorAll('img:not([alt])'))
      found.push(`no text: ${image.className}`);
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
    for (const id of new Set(ids))
      if (ids.filter((other) => other === id).length > 1) found.push(`twice: ${id}`);
    for (const attribute of ['aria-describedby', 'aria-labelledby', 'for']) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        for (const id of (element.getAttribute(attribute) ?? '').split(' ')) {
          if (!document.getElementById(id)) found.push(`${attribute} points nowhere: ${id}`);
        }
      }
    }
    for (const landmark of ['h1', 'main', 'header']) {
      if (document.querySelectorAll(landmark).length !== 1) found.push(`expected one ${landmark}`);
    }
    return found;
  });
}
