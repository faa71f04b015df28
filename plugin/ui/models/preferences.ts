/** Language and appearance, kept between visits. */
import { computed, effect, signal } from '@preact/signals';
import { Formats } from '../format.ts';
import type { Host } from '../host.ts';
import { THEMES, readSetting, writeSetting, type Language, type Theme } from '../settings.ts';
import { FIRST_TEXT, languageOf, loadText } from '../text/text.ts';
import type { Undo } from '../undo.ts';

export class Preferences {
  readonly #host: Host;
  /** Null follows the host. */
  readonly #language = signal<Language | null>(null);
  readonly #theme = signal<Theme>('system');

  readonly language = computed<Language>(() => this.#language.value ?? languageOf(this.#host.languages));
  readonly theme = computed(() => this.#theme.value);
  readonly #text = signal(FIRST_TEXT);

  /** Follows the language as soon as its dictionary is there. */
  readonly text = computed(() => this.#text.value);
  readonly formats = computed(() => new Formats(this.text.value.locale));

  constructor(host: Host) {
    this.#host = host;
  }

  /** Reads what was kept and loads its dictionary, and keeps each change from then on. */
  async start(): Promise<Undo> {
    const kept = await readSetting(this.#host.storage, 'preferences');
    this.#language.value = kept.language;
    this.#theme.value = kept.theme;
    await this.#load(this.language.value);
    let first = true;
    return effect(() => {
      const now = { language: this.#language.value, theme: this.#theme.value };
      void this.#load(this.language.value);
      if (!first) void writeSetting(this.#host.storage, 'preferences', now);
      first = false;
    });
  }

  speak(language: Language): void {
    this.#language.value = language;
  }

  /** System, light, dark, and again. */
  nextTheme(): void {
    const next = THEMES[(THEMES.indexOf(this.#theme.value) + 1) % THEMES.length];
    this.#theme.value = next ?? 'system';
  }

  async #load(language: Language): Promise<void> {
    try {
      const text = await loadText(language);
      if (this.language.peek() === language) this.#text.value = text;
    } catch {
      // The words stay as they are until the next change.
    }
  }
}
