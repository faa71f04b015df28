/** What only Figma's window says, in English. Its shape is the other dictionaries' type. */

export const en = {
  tabs: { compose: 'Fill', frames: 'Frames', label: 'What is shown' },
  server: {
    menu: 'Server…',
    heading: 'Server',
    page: 'Its page',
    pageText: 'All panoramas of this server are in the history on its web page.',
    openPage: 'Open in the browser',
  },
  help: 'Help',
  back: 'Back',

  connection: {
    away: {
      title: 'The server does not answer',
      text: 'What it is making goes on. This window keeps looking and comes back to it by itself.',
    },
    unauthorized: {
      title: 'The server expects another token',
      text: 'It may have been started anew. Enter the token that it prints.',
    },
    incompatible: {
      title: 'Plugin and server do not fit together',
      text: 'Another program or another version answers at this address.',
    },
    unknown: {
      title: 'No server is named yet',
      text: 'A server of your own makes the panoramas. Start it, and paste the address that it prints.',
    },
    enter: 'Name the server',
    look: 'Look now',
    check: 'Check the connection',
  },

  hints: {
    nothing: {
      title: 'Select a frame',
      text: 'Select a frame with a background picture, or a frame together with the picture that should fill it.',
    },
    'needs-frame': {
      title: 'Now select the frame',
      text: 'Hold Shift and click the frame that this picture should fill.',
    },
    'needs-picture': {
      title: 'Now select the picture',
      text: 'This frame holds no picture. Hold Shift and click the one that should fill it.',
    },
    'no-fills': {
      title: 'Groups and slices cannot be filled',
      text: 'Select an image inside the group, or the frame around it.',
    },
  },

  source: {
    heading: 'Picture',
    choose: 'Choose the picture',
    one: (name: string) => `Picture ${name}`,
    size: (size: string, bytes: string) => `${size} · ${bytes}`,
    opening: 'Opening the picture…',
    crop: 'Send',
    part: 'Visible part',
    whole: 'Whole picture',
    original: 'The original of this frame’s panorama',
    gif: 'GIF: its first frame is used.',
    rendered: {
      tile: 'A tiled fill: sent as Figma draws it.',
      pattern: 'A pattern: sent as Figma draws it.',
      gradient: 'A gradient: sent as Figma draws it. Photos and textures give better panoramas.',
      video: 'A video: sent as Figma draws it, a still picture.',
      vector: 'A drawing: sent as Figma draws it.',
      text: 'Text: sent as Figma draws it. Photos and textures give better panoramas.',
      layer: 'Sent as Figma draws it.',
    },
    problems: {
      missing: 'The picture is not available in this file. Reload the file, or place the picture again.',
      gone: 'The layer with this picture was deleted. Select another one.',
      'not-rendered': 'Figma cannot draw this layer. Select a layer with a visible picture.',
    },
  },

  target: {
    heading: 'Frame',
    headingMany: (count: number) => `${count} frames`,
    choose: 'What is filled',
    pixels: (size: string) => `${size} px`,
    tooSmall: (size: string) => `${size} px is too small: each side needs at least 16.`,
    take: (name: string) => `Fill ${name}`,
    instance: (component: string) =>
      `Lies in an instance of “${component}”: its fill is overridden, nothing is inserted.`,
    auto: 'One SinGAN is trained for all of them.',
  },

  scale: {
    heading: 'Resolution',
    times: (scale: number) => `${scale}×`,
    tooLarge: 'Figma’s pictures have at most 4096 px a side.',
    how: 'Beyond 4096 px',
    tiles: 'Tiles',
    lower: 'Lower scale',
    tilesTold: (count: number) => `${count} locked tiles are laid behind the content, in one group.`,
    lowered: (scale: string) => `One picture at ${scale}×, the largest that fits.`,
    noTiles: 'Nothing can be inserted here, so the scale is lowered.',
  },

  options: {
    draft: 'Put the draft into the frame at once',
    hide: 'Hide the picture’s own layer when done',
  },

  agree: {
    locked: (names: string) => `Locked: ${names}.`,
    component: (names: string) => `${names} is a component: all its instances change.`,
    components: (names: string) => `${names} are components: all their instances change.`,
    yes: 'Fill anyway',
  },

  fill: {
    one: 'Fill frame',
    many: (count: number) => `Fill ${count} frames`,
    hindrances: {
      'nothing-selected': 'Select a frame first.',
      'no-source': 'Select a picture first.',
      'opening-source': 'Opening the picture…',
      'bad-photo': 'Choose another picture.',
      'too-small': 'The frame is too small at this resolution.',
      'bad-settings': 'Correct the marked settings first.',
      'must-agree': 'Answer the question above first.',
      'not-connected': 'Waiting for the server.',
    },
  },

  frames: {
    empty: 'Frames that are being filled appear here.',
    sending: 'Sending the picture',
    placing: 'Putting the picture into the frame',
    placed: (size: string) => `Filled, ${size} px`,
    placedVariant: (n: number, count: number, size: string) => `Variant ${n} of ${count}, ${size} px`,
    draftPlaced: 'The draft is in the frame.',
    unsent: 'The picture was not sent',
    unplaced: 'The picture did not reach the frame',
    lost: 'The connection broke',
    unfollowed: 'The server did not tell how far it is',
    lostNext: 'The server works on; the window comes back to it by itself.',
    gone: 'The server does not have this panorama',
    goneNext: 'It had not arrived when the window was closed, or it was deleted. Fill the frame again.',
    canceled: 'Canceled',
    failed: 'It was not made',
    closeWindow:
      'You can close this window; the work goes on, and the result is placed when you open it again.',
    obstacles: {
      deleted: { title: 'The frame was deleted', text: 'The panorama can be placed as a layer of its own.' },
      resized: (was: string, now: string) => ({
        title: 'The frame has another size now',
        text: `The panorama has ${was} px; the frame would need ${now}.`,
      }),
      locked: { title: 'The frame is locked now', text: 'Unlock it, then try again.' },
      'wrong-size': (got: string, expected: string) => ({
        title: 'The server sent a wrong picture',
        text: `Expected ${expected} px, got ${got}. Nothing was changed.`,
      }),
      refused: { title: 'Figma did not take the picture', text: 'Nothing was changed.' },
    },
    unknownSize: 'no picture',
    variants: 'Variants',
    variant: (n: number) => `Variant ${n}`,
    previous: 'Previous variant',
    next: 'Next variant',
    actions: {
      cancel: 'Cancel',
      done: 'Done',
      dismiss: 'Remove from the list',
      again: 'Again with another seed',
      restore: 'Restore original',
      reveal: 'Show in Figma',
      retry: 'Try again',
      asLayer: 'Place as a layer',
      fit: 'Make it for the new size',
    },
    progressOf: (name: string) => `Progress of ${name}`,
  },

  restored: {
    done: (count: number) => (count === 1 ? 'The original is back.' : `${count} originals are back.`),
    failed: (names: string) => `Not restored: ${names}.`,
  },

  relaunch: (mode: string, source: string, size: string) => `${mode} from “${source}”, ${size} px`,

  toasts: {
    starting: 'Looking at the selection…',
    sending: 'Sending the picture…',
    lost: 'Waiting for the server…',
    cancel: 'Cancel',
    progress: (what: string, phase: string, percent: string) =>
      `${what}: ${phase === '' ? percent : `${phase}, ${percent}`}`,
    count: (n: number, of: number) => `Frame ${n} of ${of}`,
    filled: (name: string, size: string) => `“${name}” is filled, ${size} px.`,
    filledMany: (count: number) => `${count} frames are filled.`,
    canceled: 'Canceled. Nothing was changed.',
  },

  guide: {
    heading: 'How it works',
    steps: [
      'Select a frame whose background picture does not fill it, or the frame and the picture together.',
      'Drag the picture to its place in the drawing. Choose what stays: Extend keeps the picture and continues it.',
      'Press “Fill frame”. A draft comes in seconds; the result follows when the server has learnt the picture.',
    ],
    more: 'Good to know',
    notes: [
      'The picture goes to your own server and nowhere else.',
      'One undo takes the whole panorama back; “Restore original” does so at any time later.',
      '“Resize to frame” on a filled frame makes it again for the frame’s new size, without this window.',
      'Several frames at once: the server learns the picture once.',
    ],
    language: 'Language',
  },
};

/** What every dictionary of the window holds. */
export type Words = typeof en;
