/** Imported before any schema is made: the page's policy allows no code made from text, and zod would try whether it does. */
import * as z from 'zod/mini';

z.config({ jitless: true });
