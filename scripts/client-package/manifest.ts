/** What the client's package.json in the workspace has that is published as it stands. */
export interface WorkspaceManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/** package.json of the published client: built files in place of sources, and no dependencies. */
export function publishedManifest(workspace: WorkspaceManifest): Record<string, unknown> {
  const { name, version, description, license } = workspace;
  return {
    name,
    version,
    description,
    keywords: ['bitcoin', 'price', 'liquidations', 'heatmap', 'websocket', 'market-data'],
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20' },
    types: './index.d.ts',
    exports: {
      '.': { types: './index.d.ts', node: './node.js', default: './tidegauge.min.js' },
      './min': { types: './index.d.ts', default: './tidegauge.min.js' },
      './package.json': './package.json',
    },
    files: ['*.js', '*.d.ts', '*.map', 'CHANGELOG.md'],
  };
}
