/** Works on all items, a few at a time. Stops beginning new ones when one throws, waits for those begun, and throws that. */
export async function each<T>(items: readonly T[], limit: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  let stopped = false;
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (stopped) return;
      try {
        await work(item);
      } catch (error) {
        stopped = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
