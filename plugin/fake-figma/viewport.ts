/** `figma.viewport`: a screen of one size over the page. */
import type { Rect, Vector } from '@figma/plugin-typings/plugin-api-standalone.d.ts';
import { union } from './geometry.ts';
import { number, object, validate } from './schema.ts';
import type { Session } from './session.ts';
import { absoluteBox } from './places.ts';

const SCREEN = { width: 1440, height: 900 };

export interface FakeViewport {
  center: Vector;
  zoom: number;
  readonly bounds: Rect;
  scrollAndZoomIntoView(nodes: unknown): void;
}

export function createViewport(session: Session): FakeViewport {
  let center: Vector = { x: 0, y: 0 };
  let zoom = 1;
  return {
    get center() {
      return { ...center };
    },
    set center(value) {
      session.call('set_center', () => validate('center', object({ x: number(), y: number() }), value));
      center = { ...value };
    },
    get zoom() {
      return zoom;
    },
    set zoom(value) {
      session.call('set_zoom', () => validate('zoom', number(0), value));
      zoom = value;
    },
    get bounds() {
      const [width, height] = [SCREEN.width / zoom, SCREEN.height / zoom];
      return { x: center.x - width / 2, y: center.y - height / 2, width, height };
    },
    scrollAndZoomIntoView: (nodes) =>
      session.call('scrollAndZoomIntoView', () => {
        const { document } = session;
        const box = union(session.idsOf(nodes).map((id) => absoluteBox(document, document.get(id))));
        if (!box) return;
        center = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        zoom = Math.min(1, SCREEN.width / Math.max(1, box.width), SCREEN.height / Math.max(1, box.height));
      }),
  };
}
