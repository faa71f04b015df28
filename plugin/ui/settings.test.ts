import { describe, expect, it } from 'vitest';
import { FakeHost } from './fake-host.testing.ts';
import type { HostStorage } from './host.ts';
import { Preferences } from './models/preferences.ts';
import { readSetting, writeSetting } from './settings.ts';
import { panoramaOf } from './panoramas.testing.ts';

const broken: HostStorage = {
  get: () => Promise.reject(new Error('no storage')),
  set: () => Promise.reject(new Error('no storage')),
};

describe('settings', () => {
  it('[UI1] what is kept comes back; what another version left, or damage, gives the defaults', async () => {
    const { storage, kept } = new FakeHost();
    const { request } = panoramaOf({ request: { mode: 'retarget', training: { epochs: 200 } } });
    await writeSetting(storage, 'request', request);
    expect(await readSetting(storage, 'request')).toEqual(request);
    await writeSetting(storage, 'request', null);
    expect(kept.has('request')).toBe(false);

    for (const value of [7, 'text', { width: -4 }, { ...request, mode: 'explode' }, []]) {
      kept.set('request', value);
      expect(await readSetting(storage, 'request')).toBeNull();
    }
    kept.set('preferences', { language: 'xx', theme: 'dark' });
    expect(await readSetting(storage, 'preferences')).toEqual({ language: null, theme: 'dark' });
    kept.set('pending', { id: 'no-uuid' });
    expect(await readSetting(storage, 'pending')).toBeNull();
  });

  it('[UI1] a storage that fails is borne', async () => {
    expect(await readSetting(broken, 'address')).toEqual({ url: '', token: '' });
    expect(await writeSetting(broken, 'address', { url: '', token: 't' })).toBe(false);
  });

  it('[UI3] the language is the first of the user’s that there is a dictionary for', async () => {
    const languages: [readonly string[], string][] = [
      [['ko-KR', 'en'], 'ko'],
      [['fr-FR', 'ko', 'en'], 'ko'],
      [['de'], 'en'],
      [[], 'en'],
    ];
    for (const [wishes, language] of languages) {
      const host = new FakeHost();
      host.languages = wishes;
      const preferences = new Preferences(host);
      const undo = await preferences.start();
      expect(preferences.language.value).toBe(language);
      expect(preferences.text.value.locale).toBe(language);
      undo();
    }
  });

  it('[UI3] a chosen language and appearance are kept', async () => {
    const host = new FakeHost();
    const first = new Preferences(host);
    const undo = await first.start();
    first.speak('ko');
    first.nextTheme();
    first.nextTheme();
    undo();
    const second = new Preferences(new FakeHost(host.fake, host.kept));
    (await second.start())();
    expect(second.language.value).toBe('ko');
    expect(second.theme.value).toBe('dark');
  });
});
