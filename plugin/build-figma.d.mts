export interface PluginBuildOptions {
  /** By default dist/plugin, or dist/plugin-HOST for one server. */
  readonly outdir?: string;
  /** Readable, with source maps. */
  readonly dev?: boolean;
  /** The origin of the one server it is for; null where the user names one. */
  readonly server?: string | null;
  /** Builds again at each change. */
  readonly watch?: boolean;
  /** After each half is built, with the number of its errors. */
  readonly onBuilt?: (errors: number) => void;
}

/** Builds Figma's plugin. What it resolves to ends watching. */
export function buildPlugin(options?: PluginBuildOptions): Promise<() => Promise<void>>;

/** The origin of a server's address. Throws where it is none that Figma can reach. */
export function originOf(address: string): string;
