/** The models, for every component. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { App } from '../models/app.ts';
import type { Interface } from '../models/interface.ts';

/** The page's model. */
export const AppContext = createContext<App | null>(null);
/** What components of page and window go by. */
export const InterfaceContext = createContext<Interface | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('internal: a component is used outside of AppContext');
  return app;
}

export function useInterface(): Interface {
  const model = useContext(InterfaceContext);
  if (!model) throw new Error('internal: a component is used outside of InterfaceContext');
  return model;
}
