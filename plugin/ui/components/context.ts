/** The application's model, for every component. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { App } from '../models/app.ts';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('internal: a component is used outside of AppContext');
  return app;
}
