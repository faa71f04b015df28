import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../ui/eventually.testing.ts';
import { unauthorized } from '../../ui/fake-api.testing.ts';
import { FakeMain, openingOf, reportOf, sourceOf, targetOf } from '../fake-main.testing.ts';
import { openWindow, type Bench } from '../figma-app.testing.ts';

const closes: (() => void)[] = [];
afterEach(() => {
  for (const close of closes.splice(0)) close();
});

async function open(options: Parameters<typeof openWindow>[0] = {}): Promise<Bench> {
  const bench = await openWindow(options);
  closes.push(bench.close);
  return bench;
}

function mainWith(selection: Parameters<typeof reportOf>[0]): FakeMain {
  const main = new FakeMain();
  main.opening = openingOf({ selection: reportOf(selection) });
  return main;
}

describe('what of the selection is chosen', () => {
  it('[FIG4] the likeliest source and target come first; another choice holds while the selection does', async () => {
    const sources = [sourceOf(), sourceOf({ id: '1:9/0', nodeId: '1:9', name: 'Other' })];
    const targets = [targetOf(), targetOf({ id: '1:5', name: 'Card', size: { width: 320, height: 200 } })];
    const { app, main } = await open({ main: mainWith({ sources, targets }) });
    expect(app.choice.source.value?.id).toBe('1:2/0');
    expect(app.composer.frame.value).toEqual({ width: 1440, height: 491 });
    app.choice.chooseSource('1:9/0');
    app.choice.chooseTarget('1:5');
    expect(app.composer.frame.value).toEqual({ width: 320, height: 200 });
    await eventually(() => main.questions('readSource').at(-1)?.sourceId === '1:9/0');
    main.tell('selection', reportOf({ turn: 2, sources, targets }));
    expect(app.choice.source.value?.id).toBe('1:9/0');
    main.tell('selection', reportOf({ turn: 3 }));
    expect(app.choice.source.value?.id).toBe('1:2/0');
    main.tell('selection', reportOf({ turn: 2, sources, targets }));
    expect(app.choice.report.value?.turn).toBe(3);
  });

  it('[FIG4] of two pictures on their way the last one counts', async () => {
    const { app, main } = await open();
    await eventually(() => app.hindrance.value === null);
    const answers: ((name: string) => void)[] = [];
    const plain = main.source;
    Object.defineProperty(main, 'source', {
      get: () => new Promise((resolve) => answers.push(() => resolve(plain))),
    });
    main.tell('selection', reportOf({ turn: 2, sources: [sourceOf({ id: 'a', name: 'first' })] }));
    await eventually(() => answers.length === 1);
    main.tell('selection', reportOf({ turn: 3, sources: [sourceOf({ id: 'b', name: 'second' })] }));
    await eventually(() => answers.length === 2);
    answers[1]?.('');
    await eventually(() => app.photo.photo.value?.name === 'second');
    answers[0]?.('');
    await eventually(() => !app.choice.loading.value);
    expect(app.photo.photo.value?.name).toBe('second');
  });

  it('[FIG4] nothing can be sent without a picture and a frame, and why is known', async () => {
    const { app, main } = await open({ main: mainWith({ sources: [], targets: [], hint: 'nothing' }) });
    expect(app.hindrance.value).toBe('nothing-selected');
    main.tell('selection', reportOf({ turn: 2, sources: [], hint: 'needs-picture' }));
    expect(app.hindrance.value).toBe('no-source');
    main.tell('selection', reportOf({ turn: 3, sources: [sourceOf({ missing: true })] }));
    await eventually(() => app.choice.problem.value === 'missing');
    expect(app.hindrance.value).toBe('no-source');
    expect(await app.fill()).toEqual([]);
    main.tell('selection', reportOf({ turn: 4, targets: [targetOf({ size: { width: 9, height: 200 } })] }));
    await eventually(() => app.hindrance.value === 'too-small');
  });

  it('[FIG3] the visible part is sent by default, the whole picture on request', async () => {
    const { app, cuts } = await open({ main: mainWith({ sources: [sourceOf({ cropped: true })] }) });
    await eventually(() => app.hindrance.value === null);
    app.choice.whole.value = true;
    await eventually(() => cuts.length === 2);
    expect(cuts).toEqual([{ whole: false }, { whole: true }]);
  });

  it('[FIG2] a picture that lies in the frame is placed as it lies there, until it is dragged', async () => {
    const rectangle = { x: 786, y: 0, width: 654.667, height: 491 };
    const sources = [sourceOf({ nodeId: '1:9', placed: { targetId: '1:2', rectangle } })];
    const { app, main } = await open({ main: mainWith({ sources }) });
    await eventually(() => app.composer.anchor.value.x > 0.99);
    expect(app.choice.covers.value).toBe(true);
    app.composer.anchor.value = { x: 0.2, y: 0.5 };
    main.tell('selection', reportOf({ turn: 2, sources }));
    await eventually(() => main.questions('readSource').length === 2 && !app.choice.loading.value);
    expect(app.composer.anchor.value).toEqual({ x: 0.2, y: 0.5 });
    // Its frame is filled, and nothing else has changed.
    main.tell('selection', reportOf({ turn: 3, sources, targets: [targetOf({ filled: true })] }));
    await eventually(() => main.questions('readSource').length === 3 && !app.choice.loading.value);
    expect(app.composer.anchor.value).toEqual({ x: 0.2, y: 0.5 });
    main.tell('selection', reportOf({ turn: 4, targets: [targetOf({ id: '7:7' })] }));
    await eventually(() => app.composer.anchor.value.x === 0.5);
    expect(app.composer.zoom.value).toBe(1);
  });

  it('[FIG15] locks and components must be agreed to, for each selection anew', async () => {
    const targets = [targetOf({ locked: true, isComponent: true })];
    const { app, main } = await open({ main: mainWith({ targets }) });
    await eventually(() => app.hindrance.value === 'must-agree');
    app.choice.agreed.value = true;
    await eventually(() => app.hindrance.value === null);
    const [fill] = await app.fill();
    expect(fill?.pending.unlocked).toBe(true);
    main.tell('selection', reportOf({ turn: 2, targets: [targetOf({ id: '7:7', locked: true })] }));
    await eventually(() => app.hindrance.value === 'must-agree');
  });

  it('[FIG15] what was agreed to for one target is asked again for another', async () => {
    const targets = [targetOf({ locked: true }), targetOf({ id: '1:3', locked: true })];
    const { app } = await open({ main: mainWith({ targets }) });
    app.choice.agreed.value = true;
    app.choice.chooseTarget('1:3');
    expect(app.choice.mustAgree.value).toBe(true);

    const several = (await open({ main: mainWith({ targets, several: true }) })).app.choice;
    several.toggle('1:3');
    several.agreed.value = true;
    several.toggle('1:3');
    expect(several.mustAgree.value).toBe(true);
    several.agreed.value = true;
    several.toggle('1:3');
    expect(several.mustAgree.value).toBe(false);
  });

  it('[FIG4] a selection that changes while main still looks at the one before is not missed', async () => {
    const main = mainWith({});
    const ask = main.ask.bind(main);
    main.ask = async (name, question) => {
      const answer = await ask(name, question);
      if (name === 'opened')
        main.tell('selection', reportOf({ turn: 2, targets: [targetOf({ id: '7:7' })] }));
      return answer;
    };
    const { app } = await open({ main });
    expect(app.choice.shown.value?.target.id).toBe('7:7');
  });

  it('[FIG13] of several frames some can be left out', async () => {
    const targets = [targetOf(), targetOf({ id: '1:3' })];
    const { app } = await open({ main: mainWith({ targets, several: true }) });
    app.choice.toggle('1:2');
    expect(app.choice.targets.value.map(({ target }) => target.id)).toEqual(['1:3']);
    app.choice.toggle('1:2');
    expect(app.choice.targets.value).toHaveLength(2);
  });
});

describe('the window', () => {
  it('[FIG16] settings are kept, a frame’s own place of the photo is not, and a quick action’s come first', async () => {
    const kept = new Map<string, unknown>();
    const first = await open({ kept });
    first.app.composer.mode.value = 'retarget';
    first.app.composer.anchor.value = { x: 0, y: 0 };
    first.app.choice.scale.value = 2;
    first.app.choice.applyDraft.value = false;
    await eventually(() => JSON.stringify(kept.get('filling')).includes('false'));
    const main = new FakeMain();
    main.opening = openingOf({ quick: { preset: 'draft' } });
    const second = await open({ kept, main });
    expect(second.app.composer.mode.value).toBe('retarget');
    expect(second.app.composer.preset.value).toBe('draft');
    expect(second.app.composer.anchor.value).toEqual({ x: 0.5, y: 0.5 });
    expect(second.app.choice.scale.value).toBe(2);
    expect(second.app.choice.applyDraft.value).toBe(false);
  });

  it('[FIG16] settings of another version give the defaults, and Figma’s formats stay Figma’s', async () => {
    const kept = new Map<string, unknown>([
      ['filling', { scale: 7, applyDraft: 'yes' }],
      ['request', { width: 100, height: 100, format: 'webp' }],
    ]);
    const { app } = await open({ kept });
    expect(app.choice.scale.value).toBe(1);
    expect(app.choice.applyDraft.value).toBe(true);
    expect(app.composer.format.value).toBe('png');
  });

  it('[FIG17] it opens with what its command asks for, and with the server where none is known', async () => {
    const command = async (name: 'fill' | 'server' | 'help', address?: unknown) => {
      const main = new FakeMain();
      main.opening = openingOf({ command: name });
      const kept = new Map<string, unknown>(address === undefined ? [] : [['address', address]]);
      return (await open({ main, kept })).app.screen.value;
    };
    expect(await command('fill')).toBe('compose');
    expect(await command('help')).toBe('help');
    expect(await command('server')).toBe('server');
    expect(await command('fill', { url: '', token: '' })).toBe('server');
  });

  it('[FIG17] a token that is refused in mid-job is told, and the frame waits for another', async () => {
    const { app, api } = await open();
    await eventually(() => app.hindrance.value === null);
    const [fill] = await app.fill();
    if (!fill) throw new Error('nothing was sent');
    await eventually(() => api.watchers(fill.pending.id) === 1);
    api.fail = () => unauthorized();
    api.breakStreams(fill.pending.id, unauthorized());
    await eventually(() => fill.state.value.state === 'lost');
    expect(app.connection.state.value).toEqual({ state: 'unauthorized', wrong: true });
    api.fail = () => null;
    await app.connection.connect('another', 'http://fake');
    await eventually(() => fill.state.value.state === 'working');
  });

  it('[FIG17] the original is given back, and how that went is told until the selection changes', async () => {
    const { app, main } = await open();
    await app.restore(null);
    expect(main.questions('restore')).toEqual([{ nodeIds: null }]);
    expect(app.restored.value).toEqual({ restored: 1, failed: [] });
    main.tell('selection', reportOf({ turn: 2 }));
    expect(app.restored.value).toBeNull();
  });
});
