/** Ids of sources: they hold all that is needed to find the picture again, whatever is selected meanwhile. */

export type SourceRef =
  /** A fill whose bytes are the picture, one that a panorama has replaced, or one that Figma has to draw. */
  | {
      readonly kind: 'image' | 'original' | 'paint';
      readonly nodeId: string;
      readonly index: number;
      /** The picture's hash, or the paint's type. */
      readonly key: string;
    }
  /** The layer as Figma draws it. */
  | { readonly kind: 'layer'; readonly nodeId: string };

export function sourceId(ref: SourceRef): string {
  return ref.kind === 'layer' ? `layer/${ref.nodeId}` : [ref.kind, ref.nodeId, ref.index, ref.key].join('/');
}

/** Null for what is no source's id. */
export function parseSourceId(id: string): SourceRef | null {
  const [kind, nodeId = '', index = '', key = ''] = id.split('/');
  if (nodeId === '') return null;
  if (kind === 'layer') return { kind, nodeId };
  if (kind !== 'image' && kind !== 'original' && kind !== 'paint') return null;
  return /^\d+$/.test(index) ? { kind, nodeId, index: Number(index), key } : null;
}
