/** The first browsers that know what the style sheets of page and window use, above all light-dark(). */
export const TARGET = ['chrome123', 'firefox120', 'safari17.5'];
