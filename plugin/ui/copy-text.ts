/** Copying, also in a frame that may not use the clipboard by itself. */

/** To be called while the user's click is handled. Resolves to whether the text is on the clipboard. */
export async function copyText(document: Document, text: string): Promise<boolean> {
  // The older way first: it needs no permission, but the click, which does not last through a refusal everywhere.
  if (copySelected(document, text)) return true;
  try {
    await document.defaultView?.navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function copySelected(document: Document, text: string): boolean {
  const focused = document.activeElement;
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  area.style.cssText = 'position: fixed; inset-block-start: 0; opacity: 0';
  document.body.append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } finally {
    area.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}
