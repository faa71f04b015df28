/** A client whose errors are also told to someone else. */
import type { PanoramaApi } from '../../../shared/client.ts';

/** Every call of `api` as it is; what rejects is given to `report` first. */
export function reporting(api: PanoramaApi, report: (error: unknown) => void): PanoramaApi {
  const told = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      report(error);
      throw error;
    }
  };
  return {
    server: (signal) => told(api.server(signal)),
    estimate: (question, signal) => told(api.estimate(question, signal)),
    put: (id, photo, request, signal) => told(api.put(id, photo, request, signal)),
    get: (id, signal) => told(api.get(id, signal)),
    list: (page, signal) => told(api.list(page, signal)),
    cancel: (id) => told(api.cancel(id)),
    delete: (id) => told(api.delete(id)),
    variant: (id, n, options) => told(api.variant(id, n, options)),
    photo: (id, signal) => told(api.photo(id, signal)),
    async *watch(id, signal) {
      try {
        yield* api.watch(id, signal);
      } catch (error) {
        report(error);
        throw error;
      }
    },
  };
}
