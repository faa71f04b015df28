import { ENGINES, FRAME_SIDE, FORMATS, MAX_VARIANTS, MAX_ZOOM, MODES } from '../../shared/request.ts';
import { LIMITS, OPTIMIZERS } from '../../shared/hyperparameters.ts';

const SIDES = `${FRAME_SIDE.min} to ${FRAME_SIDE.max}`;

export const HELP = `panorama PHOTO --size WIDTHxHEIGHT [options]

Continues PHOTO (PNG, JPEG, WebP, AVIF, GIF or TIFF) to fill a frame of exactly
WIDTH × HEIGHT pixels, each ${SIDES}. A draft is written first; the result
takes its place.

  panorama beach.jpg --size 1440x491 --out header.jpg

The result
  --size WIDTHxHEIGHT   such as 1440x491
  --out FILE            replaced where it is there; by default PHOTO's name with
                        -panorama.png in the current folder; further variants
                        get -2, -3 … before the extension
  --format NAME         ${FORMATS.join(', ')}; by default --out's extension, or png
  --mode NAME           extend      the photo stays and is continued around it
                        retarget    the whole photo's content at the new shape
                        reimagine   a new picture of the same place or texture
                        default ${MODES[0]}
  --anchor X,Y          where extend lays the photo in the room left, 0 to 1;
                        default 0.5,0.5
  --zoom X              1 fits the whole photo in; more, up to ${MAX_ZOOM}, crops it
                        until it covers the frame; default 1
  --variants N          1 to ${MAX_VARIANTS}; default 1
  --seed N              the same seed gives the same picture; default 1

The training
  --preset NAME         draft       none: seconds, a usable picture
                        fast        this project's recipe: about half a minute
                        classic     the parent study's: most of an hour
                        paper       the SinGAN paper's: hours
                        default fast; what follows overrides it
  --epochs N            ${LIMITS.epochs[0]}, ${LIMITS.epochs[1]} … ${LIMITS.epochs.at(-2)} or ${LIMITS.epochs.at(-1)}, at the coarsest scale
  --max-size N          long side of the finest scale: ${LIMITS.maxSize.join(', ')} px
  --optimizer NAME      ${OPTIMIZERS.join(', ')}
  --learning-rate X     ${LIMITS.learningRate.min} to ${LIMITS.learningRate.max}
  --engine NAME         ${ENGINES.join(', ')}; default auto

On a server of this project, instead of this machine
  --server URL          such as http://localhost:8787, or $PANORAMA_SERVER; its
                        history keeps the result
  --token TOKEN         which the server prints when it starts, or
                        $PANORAMA_TOKEN: other users of this machine can see
                        arguments, but not the environment

The output
  --json                one JSON event a line on standard output
  --quiet               nothing but errors
  --help, --version

Exit status: 0 done, 1 failed, 2 the request is wrong, 130 interrupted.
Trained models are kept in $DATA_DIR/models, or in the user's cache folder, and
can be deleted at any time.
`;
