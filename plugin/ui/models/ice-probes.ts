/**
 * What fetch hides and WebRTC tells: on its way to a STUN or TURN server, Chrome says whether the name was found and
 * whether the port took the connection. No such server need be there, and nothing but a greeting is sent.
 *
 * Other browsers say nothing. So each question goes beside one whose answer is known, and where that answer does not
 * come, nothing is known.
 */
import { onAbort, sleep } from '../../../shared/client-wait.ts';

type PeerConnection = typeof RTCPeerConnection;

/** How long an answer may come after the known one. */
const GRACE_MS = 1500;
/** Names that the local network itself is asked for take three seconds. */
const LOCAL_GRACE_MS = 4000;
const PATIENCE_MS = 6000;
/** Never a name (RFC 6761). */
const NO_NAME = 'stun:nothing.invalid:3478';
/** A port that is nobody's. */
const NO_LISTENER = 'turn:127.0.0.1:65535?transport=tcp';

/** Whether a host's name leads to an address; one without a dot would be sought elsewhere than fetch does. */
export async function lookUpName(
  Peer: PeerConnection | undefined,
  host: string,
  signal: AbortSignal,
): Promise<'found' | 'notFound' | 'unknown'> {
  if (!Peer || !host.includes('.')) return 'unknown';
  const graceMs = host.endsWith('.local') ? LOCAL_GRACE_MS : GRACE_MS;
  const end = await compare(Peer, `stun:${host}:3478`, NO_NAME, graceMs, signal);
  return end === 'failed' ? 'notFound' : end === 'kept' ? 'found' : 'unknown';
}

/** Whether something at a host's port takes a connection and keeps it without a word, as TLS does and HTTP does not. */
export async function tryPort(
  Peer: PeerConnection | undefined,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<'open' | 'closed' | 'unknown'> {
  // WebRTC leaves out the other ports of the system.
  if (!Peer || (port < 1024 && port !== 80 && port !== 443)) return 'unknown';
  // A name that WebRTC does not connect to.
  const figures = host === 'localhost' ? '127.0.0.1' : host;
  const end = await compare(Peer, `turn:${figures}:${port}?transport=tcp`, NO_LISTENER, GRACE_MS, signal);
  return end === 'failed' ? 'closed' : end === 'kept' ? 'open' : 'unknown';
}

/** Whether the way to `url` fails, or is kept up for a while longer than `failing`, which always fails. */
async function compare(
  Peer: PeerConnection,
  url: string,
  failing: string,
  graceMs: number,
  signal: AbortSignal,
): Promise<'failed' | 'kept' | 'unknown'> {
  const over = new AbortController();
  const undo = onAbort(signal, () => over.abort());
  try {
    const known = tryServer(Peer, failing, over.signal).then(async (end) => {
      if (end === 'unknown') return end;
      await sleep(graceMs, over.signal);
      return 'kept';
    });
    const late = sleep(PATIENCE_MS, over.signal).then(() => 'unknown' as const);
    return await Promise.race([tryServer(Peer, url, over.signal), known, late]);
  } catch {
    signal.throwIfAborted();
    // Of a browser that forbids it, or an address that WebRTC does not take.
    return 'unknown';
  } finally {
    undo();
    over.abort();
  }
}

/** `failed` once it has; `unknown` where the browser gives up without a reason; pending for as long as it tries. */
async function tryServer(
  Peer: PeerConnection,
  url: string,
  signal: AbortSignal,
): Promise<'failed' | 'unknown'> {
  const peer = new Peer({ iceServers: [{ urls: url, username: 'none', credential: 'none' }] });
  onAbort(signal, () => peer.close());
  const end = new Promise<'failed' | 'unknown'>((resolve) => {
    peer.addEventListener('icecandidateerror', ({ errorText }) => {
      // A STUN server that does not answer is none that was not found.
      if (url.startsWith('turn:') || errorText.includes('lookup')) resolve('failed');
    });
    peer.addEventListener('icecandidate', ({ candidate }) => {
      if (!candidate) resolve('unknown');
    });
  });
  peer.createDataChannel('');
  await peer.setLocalDescription();
  return end;
}
