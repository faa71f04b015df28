// A container's health check: ends with 0 where the server of this container says that it is ready. The images have no curl.
const { PORT = '8787' } = process.env;
try {
  const answer = await fetch(`http://127.0.0.1:${PORT}/readyz`, { signal: AbortSignal.timeout(4000) });
  if (!answer.ok) throw new Error(`/readyz: expected status 200, got ${answer.status}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
