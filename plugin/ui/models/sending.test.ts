import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import type { FakeApi } from '../fake-api.testing.ts';
import { refused, unreachable } from '../fake-api.testing.ts';
import { FakeHost, pngFile } from '../fake-host.testing.ts';
import { idOf, panoramaOf } from '../panoramas.testing.ts';
import { Sending, type Parcel } from './sending.ts';

const parcel = (number = 1): Parcel => ({
  id: idOf(number),
  photo: { blob: pngFile(), name: 'a.png' },
  request: panoramaOf().request,
});

function setUp() {
  const host = new FakeHost();
  const sending = new Sending(host.storage, signal(host.fake), 1);
  const reloaded = (): Sending => new Sending(host.storage, signal(host.fake), 1);
  return { host, fake: host.fake, sending, reloaded };
}

/** Lets a test stop a call half-way. */
function gateFor(fake: FakeApi): () => void {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  fake.delay = ({ name }) => (name === 'put' ? gate : Promise.resolve());
  return open;
}

const never = new AbortController().signal;

describe('sending', () => {
  it('[UI17] the id is kept before the first byte goes, and forgotten when the photo has arrived', async () => {
    const { host, fake, sending } = setUp();
    let keptAtPut: unknown;
    fake.fail = () => {
      keptAtPut = host.kept.get('pending');
      return null;
    };
    const panorama = await sending.send(parcel());
    expect(panorama?.id).toBe(idOf(1));
    expect(keptAtPut).toEqual({ id: idOf(1) });
    expect(host.kept.has('pending')).toBe(false);
    expect(sending.state.value).toEqual({ state: 'idle' });
  });

  it('[UI17] a reload in mid-upload finds what had arrived', async () => {
    const { fake, sending, reloaded } = setUp();
    gateFor(fake);
    void sending.send(parcel());
    await Promise.resolve();
    // The server had the last byte, the answer was lost with the page.
    fake.panoramas.set(idOf(1), panoramaOf({ id: idOf(1) }));
    const again = reloaded();
    expect((await again.resume(never))?.id).toBe(idOf(1));
    expect(await reloaded().resume(never)).toBeNull();
  });

  it('[UI18] what had not arrived is told after a few looks', async () => {
    const { host, fake, sending, reloaded } = setUp();
    gateFor(fake);
    void sending.send(parcel());
    await Promise.resolve();
    const again = reloaded();
    expect(await again.resume(never)).toBeNull();
    expect(fake.count('get')).toBe(4);
    expect(again.state.value).toEqual({ state: 'lost' });
    expect(host.kept.has('pending')).toBe(false);
    again.dismiss();
    expect(again.state.value).toEqual({ state: 'idle' });
  });

  it('[UI18] while nobody can tell it stays kept for the next visit', async () => {
    const { host, fake, reloaded } = setUp();
    host.kept.set('pending', { id: idOf(1) });
    fake.fail = () => unreachable();
    const again = reloaded();
    expect(await again.resume(never)).toBeNull();
    expect(again.state.value).toEqual({ state: 'idle' });
    expect(host.kept.has('pending')).toBe(true);
  });

  it('[UI19] what failed on its way is sent again with the same id; what was refused is forgotten', async () => {
    const { host, fake, sending } = setUp();
    fake.fail = () => unreachable();
    expect(await sending.send(parcel())).toBeNull();
    expect(sending.state.value.state).toBe('failed');
    expect(host.kept.has('pending')).toBe(true);
    fake.fail = () => null;
    expect((await sending.retry())?.id).toBe(idOf(1));
    expect(fake.calls.filter(({ name }) => name === 'put').map(({ id }) => id)).toEqual([idOf(1), idOf(1)]);

    fake.fail = () => refused(422, 'needs-more-memory');
    expect(await sending.send(parcel(2))).toBeNull();
    expect(sending.state.value.state).toBe('failed');
    expect(host.kept.has('pending')).toBe(false);
  });

  it('[UI19] stopping ends the upload, and a panorama that was made all the same', async () => {
    const { host, fake, sending } = setUp();
    gateFor(fake);
    const sent = sending.send(parcel());
    await new Promise((resolve) => setTimeout(resolve, 1));
    fake.panoramas.set(idOf(1), panoramaOf({ id: idOf(1) }));
    await sending.stop();
    expect(await sent).toBeNull();
    expect(sending.state.value).toEqual({ state: 'idle' });
    expect(fake.panoramas.size).toBe(0);
    expect(host.kept.has('pending')).toBe(false);
  });
});
