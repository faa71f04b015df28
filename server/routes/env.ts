import type { RequestIdVariables } from 'hono/request-id';

/** What the middlewares leave for the handlers. */
export interface Env {
  Variables: RequestIdVariables & {
    /** Whose token the request came with; of paths that need one. */
    owner: string;
  };
}
