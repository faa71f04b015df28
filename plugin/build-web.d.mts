export interface WebBuildOptions {
  /** By default dist/web. */
  readonly outdir?: string;
  /** Readable, with source maps. */
  readonly dev?: boolean;
}

/** Builds the web page into a folder and clears away what earlier builds left there. */
export function buildWeb(options?: WebBuildOptions): Promise<void>;
