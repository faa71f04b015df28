/** The window's model, for its components. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { FigmaApp } from '../models/figma-app.ts';

export const FigmaContext = createContext<FigmaApp | null>(null);

export function useFigma(): FigmaApp {
  const app = useContext(FigmaContext);
  if (!app) throw new Error('internal: a component is used outside of FigmaContext');
  return app;
}
