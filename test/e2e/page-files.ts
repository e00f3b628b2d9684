/** The built page, brought up to date first, so that tests never look at an old one. */
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const PAGE_DIR: string = path.join(ROOT, 'packages', 'web', 'dist');

/** Where tests leave pictures of what they saw, for a person to look at. */
export const PICTURES_DIR: string = path.join(ROOT, '.cache', 'page-pictures');

/** Pictures that a person has looked at: how the page is to look. */
export const GOLDEN_DIR: string =
  process.env.GOLDEN_DIR ?? path.join(ROOT, 'test', 'e2e', 'golden', 'pictures');

/** Builds the page where its sources are newer than the last build. */
export async function buildPageIfNeeded(): Promise<void> {
  const script = pathToFileURL(path.join(ROOT, 'scripts', 'build-page.mjs')).href;
  const { buildPage } = (await import(script)) as {
    readonly buildPage: (nodePath: string) => Promise<void>;
  };
  await buildPage(process.execPath);
}
