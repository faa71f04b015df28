/** What Figma runs. */
import type { PluginAPI } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { startPlugin } from './start.ts';

declare const figma: PluginAPI;
/** The window's page, as Figma hands it over. */
declare const __html__: string;

startPlugin(figma, __html__);
