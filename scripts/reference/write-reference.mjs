/**
 * Writes docs/reference/client.md, the reference of the client, from its types and their comments.
 * With --check it writes nothing, and fails where the page is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { Application } from 'typedoc';
import { referencePage } from './reference-page.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = path.join(root, 'docs', 'reference', 'client.md');

const app = await Application.bootstrap({
  entryPoints: [path.join(root, 'packages', 'client', 'src', 'index.ts')],
  tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
  readme: 'none',
  disableGit: true,
  sourceLinkTemplate: '{path}',
  excludeExternals: true,
  // `npm run check` has a step for them, with the TypeScript that the project uses.
  skipErrorChecking: true,
  treatWarningsAsErrors: true,
  logLevel: 'Warn',
});
const project = await app.convert();
app.validate(project);
const problems = app.logger.hasErrors() || app.logger.hasWarnings();
const markdown = problems ? '' : referencePage(project);
if (problems) {
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  writeFileSync(page, markdown);
} else if (readFileSync(page, 'utf8') === markdown) {
  console.log('docs/reference/client.md is what the types say');
} else {
  console.error(
    'docs/reference/client.md is out of date: run node scripts/reference/write-reference.mjs',
  );
  process.exitCode = 1;
}
