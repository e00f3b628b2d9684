/** Writes the package of the client into the folder that is named, which must not exist yet. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleClient } from './bundle.ts';
import { writeDeclarations } from './declarations.ts';
import { publishedManifest, type WorkspaceManifest } from './manifest.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const clientDir = path.join(root, 'packages', 'client');
const outDir = path.resolve(process.argv[2]!);

const types = path.join(root, '.cache', 'types', 'client');
const published = writeDeclarations(types, 'index.d.ts', outDir);
await bundleClient(clientDir, outDir, published);
const readme = readFileSync(path.join(clientDir, 'README.md'), 'utf8');
writeFileSync(path.join(outDir, 'README.md'), withoutPathsOutside(readme));
copyFileSync(path.join(clientDir, 'CHANGELOG.md'), path.join(outDir, 'CHANGELOG.md'));
copyFileSync(path.join(root, 'LICENSE'), path.join(outDir, 'LICENSE'));
const workspace = JSON.parse(
  readFileSync(path.join(clientDir, 'package.json'), 'utf8'),
) as WorkspaceManifest;
const manifest = `${JSON.stringify(publishedManifest(workspace), null, 2)}\n`;
writeFileSync(path.join(outDir, 'package.json'), manifest);

/** Links to the repository would lead nowhere from the package: the path is named instead. */
function withoutPathsOutside(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\(\.\.\/\.\.\/([^)]+)\)/g, (_all, text, target) =>
    target === 'README.md' ? text : `${text} (\`${target}\` in the repository)`,
  );
}
