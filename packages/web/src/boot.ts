/**
 * What the first paint has to know, long before the page's own script runs: which view, and whether
 * it is one chart within another page. A classic script in the head (see vite.config.ts), so the
 * page is painted in its right shape at once; it is built from the very rules that main.ts goes by.
 */
import { browserKeptText, KEPT } from './kept-text.ts';
import { readEmbed, readView } from './model/route.ts';
import { readKeptView } from './model/settings.ts';

const { dataset } = document.documentElement;
const kept = (name: string): string | null => browserKeptText(name, () => localStorage).read();
const embed = readEmbed(location.search);
if (embed) dataset.embed = embed;
else if (kept(KEPT.key) !== null) dataset.hasKey = 'true';
dataset.view = embed ?? readView(location.hash) ?? readKeptView(kept(KEPT.settings));
