/** Every state of the page for everyone: narrow screens, keyboards, screen readers, little motion. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NARROW, STATES, fill, setUpBench, visit, type Bench, type Visit } from './page.testing.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await setUpBench();
});

afterAll(() => bench.close());

/** Opens every state in turn. */
async function inEveryState(
  options: Parameters<typeof visit>[1],
  look: (visit: Visit, state: string) => Promise<void>,
): Promise<void> {
  for (const [state, reach] of Object.entries(STATES)) {
    const opened = await visit(bench, options);
    try {
      await fill(opened.server, bench.photo.buffer);
      await opened.page.reload();
      await opened.page.locator('.history-item').nth(5).waitFor();
      await reach(opened, bench);
      await look(opened, state);
      expect(opened.complaints, state).toEqual([]);
    } finally {
      await opened.close();
    }
  }
}

describe('for everyone', () => {
  it('[UI37] no state scrolls sideways at 360 px, in either language', async () => {
    for (const locale of ['en-US', 'ko-KR']) {
      await inEveryState({ viewport: NARROW, locale, hasTouch: true }, async ({ page }, state) => {
        const wider = await page.evaluate(() => {
          const root = document.documentElement;
          return root.scrollWidth - root.clientWidth;
        });
        expect(wider, `${state} ${locale}`).toBe(0);
      });
    }
  });

  it('[UI38] in every state each control has a name, each picture a text, each id one element', async () => {
    await inEveryState({}, async ({ page }, state) => {
      const problems = await page.evaluate(() => {
        const found: string[] = [];
        const nameOf = (element: Element): string => {
          const labelled = element.getAttribute('aria-labelledby');
          const texts = [
            element.getAttribute('aria-label'),
            ...(labelled?.split(' ').map((id) => document.getElementById(id)?.textContent) ?? []),
            ...[...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent),
            element.tagName === 'INPUT' || element.tagName === 'SELECT' ? '' : element.textContent,
          ];
          return texts.join('').trim();
        };
        const controls =
          'button, a, input:not([hidden]), select, summary, [role=group], [role=progressbar], [role=region]';
        for (const element of document.querySelectorAll(controls)) {
          if (nameOf(element) === '') found.push(`no name: ${element.outerHTML.slice(0, 120)}`);
        }
        for (const image of document.querySelectorAll('img')) {
          if (!image.hasAttribute('alt')) found.push(`no text: ${image.className}`);
        }
        const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
        for (const id of ids) if (ids.filter((other) => other === id).length > 1) found.push(`twice: ${id}`);
        for (const attribute of ['aria-describedby', 'aria-labelledby', 'for']) {
          for (const element of document.querySelectorAll(`[${attribute}]`)) {
            for (const id of (element.getAttribute(attribute) ?? '').split(' ')) {
              if (!document.getElementById(id)) found.push(`${attribute} points nowhere: ${id}`);
            }
          }
        }
        const count = (selector: string) => document.querySelectorAll(selector).length;
        if (count('h1') !== 1 || count('main') !== 1 || count('header') !== 1) found.push('landmarks');
        return found;
      });
      expect(problems, state).toEqual([]);
    });
  });

  it('[UI39] the first stop of the Tab key skips to the picture, and every stop can be seen', async () => {
    await inEveryState({}, async ({ page }, state) => {
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press('Tab');
      if (state === 'empty')
        expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
      for (let stop = 0; stop < 40; stop++) {
        const seen = await page.evaluate(() => {
          const element = document.activeElement;
          if (!element || element === document.body) return 'end';
          // What is drawn around a hidden input is drawn by the element that holds it.
          for (let at: Element | null = element, up = 0; at && up < 4; at = at.parentElement, up++) {
            const around = (pseudo?: string) => {
              const style = getComputedStyle(at, pseudo);
              return (
                (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none'
              );
            };
            const next = element.nextElementSibling;
            if (around() || around('::after')) return 'seen';
            if (next && getComputedStyle(next).outlineStyle !== 'none') return 'seen';
            if (at.querySelector('.border-line')) return 'seen';
          }
          return `not seen: ${element.outerHTML.slice(0, 160)}`;
        });
        if (seen === 'end') break;
        expect(seen, state).toBe('seen');
        await page.keyboard.press('Tab');
      }
    });
  });

  it('[UI40] with reduced motion nothing moves by itself', async () => {
    await inEveryState({ reducedMotion: 'reduce' }, async ({ page }, state) => {
      const moving = () => page.evaluate(() => document.getAnimations().length);
      await expect.poll(moving, { message: state, timeout: 2000 }).toBe(0);
    });
  });
});
