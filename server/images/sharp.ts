/** sharp as this project uses it. Its cache would keep files open, and give back what a path held before. */
import sharp from 'sharp';

sharp.cache(false);

export { sharp };
export type { Metadata, OutputInfo, Sharp } from 'sharp';
