/** What the screens of the page and of Figma's window share. */
import type { ReadonlySignal } from '@preact/signals';
import type { Formats } from '../format.ts';
import type { Host } from '../host.ts';
import type { Text } from '../text/text.ts';
import type { Composer } from './composer.ts';
import type { Connection } from './connection.ts';
import type { EstimateBoard } from './estimates.ts';
import type { PhotoChoice } from './photo.ts';
import type { Preferences } from './preferences.ts';

export interface Interface {
  readonly host: Host;
  readonly preferences: Preferences;
  readonly connection: Connection;
  readonly photo: PhotoChoice;
  readonly composer: Composer;
  readonly estimates: EstimateBoard;
  readonly text: ReadonlySignal<Text>;
  readonly formats: ReadonlySignal<Formats>;
  /** Whether a photo is being sent: what is composed must not change under it. */
  readonly busy: ReadonlySignal<boolean>;
}
