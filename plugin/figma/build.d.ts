/** What the build puts in place of these names. */

/** The project's version. */
declare const __VERSION__: string;
/** The address of the one server that the plugin was built for; null where the user names one. */
declare const __SERVER__: string | null;
