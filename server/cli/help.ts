import { FRAME_SIDE, FORMATS, MAX_VARIANTS, MAX_ZOOM, MODES } from '../../shared/protocol.ts';
import { LIMITS, OPTIMIZERS, PRESETS } from '../../shared/hyperparameters.ts';
import { ENGINES } from './job.ts';

const SIDES = `${FRAME_SIDE.min} to ${FRAME_SIDE.max}`;

export const HELP = `panorama PHOTO --size WIDTHxHEIGHT [options]

Continues PHOTO (PNG, JPEG, WebP, AVIF, GIF or TIFF) to fill a frame of exactly WIDTH × HEIGHT pixels,
each ${SIDES}. A draft is written first; the result takes its place.

The result
  --size WIDTHxHEIGHT   such as 1440x491
  --out FILE            PHOTO's name with -panorama.png, in the current folder; further variants get -2, -3 …
  --format NAME         ${FORMATS.join(', ')}; by default --out's extension, or png
  --mode NAME           ${MODES.join(', ')}; default ${MODES[0]}
  --anchor X,Y          where the photo lies in the room left over, 0 to 1; default 0.5,0.5
  --zoom X              1 fits the whole photo in, up to ${MAX_ZOOM} crops it towards covering the frame; default 1
  --variants N          1 to ${MAX_VARIANTS}; default 1
  --seed N              the same seed gives the same picture; default 1

The training
  --preset NAME         ${PRESETS.join(', ')}; default fast
  --epochs N            ${LIMITS.epochs[0]}, ${LIMITS.epochs[1]} … ${LIMITS.epochs.at(-2)} or ${LIMITS.epochs.at(-1)}, at the coarsest scale
  --max-size N          long side of the finest scale: ${LIMITS.maxSize.join(', ')} px
  --optimizer NAME      ${OPTIMIZERS.join(', ')}
  --learning-rate X     ${LIMITS.learningRate.min} to ${LIMITS.learningRate.max}
  --engine NAME         ${ENGINES.join(', ')}; default auto

The output
  --json                one JSON event a line on standard output
  --quiet               nothing but errors
  --help, --version

Exit status: 0 done, 1 failed, 2 the request is wrong, 130 interrupted.
Trained models are kept in $DATA_DIR/models, or in the user's cache folder.
`;
