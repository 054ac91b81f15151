/**
 * Lets all who ask at one time share one run of the work: at most one run is under way, and at most one waits for its end.
 * Whoever asks has a run that began after he asked.
 */
export function inOne<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      const run = work();
      running = run.catch(() => undefined);
      return run;
    });
    return next;
  };
}
