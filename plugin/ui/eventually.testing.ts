/** Resolves when the condition holds; rejects after two seconds. */
export async function eventually(condition: () => boolean, what = String(condition)): Promise<void> {
  const deadline = Date.now() + 2000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
