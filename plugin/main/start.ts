/** Starts the plugin as its menu, relaunch buttons and quick actions ask. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { COMMANDS, WINDOW_SIZE, shortToast, type Command } from '../messages.ts';
import { openChannel } from './channel.ts';
import { oneLine } from './one-line.ts';
import { quickSettingsOf, suggestParameters } from './quick-actions.ts';
import { createHandlers } from './requests.ts';
import { restore } from './restore.ts';
import { createSettings, type Settings } from './settings.ts';
import { createUndoSteps } from './undo-steps.ts';
import { WORDS } from './words.ts';

const TITLE = 'Panorama Converter';

/** `html` is the window's. */
export function startPlugin(figma: PluginAPI, html: string): void {
  const settings = createSettings(figma);
  suggestParameters(figma, settings);
  figma.on('run', ({ command: name, parameters }) => {
    const command = COMMANDS.find((each) => each === name) ?? 'fill';
    if (command === 'restore') void restoreSelected(figma, settings);
    else openWindow(figma, settings, html, command, parameters);
  });
}

/** "Resize to frame" works without being seen, but the network is the window's. */
function openWindow(
  figma: PluginAPI,
  settings: Settings,
  html: string,
  command: Command,
  parameters: unknown,
): void {
  const visible = command !== 'resize';
  const { width, height } = WINDOW_SIZE;
  figma.showUI(html, { width, height, themeColors: true, title: TITLE, visible });
  const start = { command, visible, quick: quickSettingsOf(parameters) };
  const channel = openChannel(figma);
  channel.serve(createHandlers(figma, settings, channel, start));
}

/** Without a window; what became of it is the last toast. */
async function restoreSelected(figma: PluginAPI, settings: Settings): Promise<void> {
  const words = WORDS[await settings.language()];
  let text: string;
  try {
    const { restored, failed } = await restore(figma, createUndoSteps(figma), null);
    const done = restored > 0 ? [words.restored(restored)] : [];
    const left = failed.length > 0 ? [words.notRestored(failed.join(', '))] : [];
    text = [...done, ...left].join(' ') || words.nothingSelected;
  } catch (error) {
    text = words.failed(oneLine(error));
  }
  figma.closePlugin(shortToast(text));
}
