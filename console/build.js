// Bundles the console into ../api/console, from where the server embeds it: text as gzip, and the licences of all that is
// in it. `node build.js --check` says whether what stands there is what these sources make.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { build } from 'esbuild';

const here = import.meta.dirname;
const out = join(here, '../api/console');

/** GraphiQL's sheet without its fonts and images, which are data: URLs; console.css says what stands in for them. */
const plainStyles = {
  name: 'plain-styles',
  setup(bundle) {
    bundle.onLoad({ filter: /graphiql\/dist\/style\.css$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const contents = text.replace(/@font-face\s*\{[^}]*\}/g, '').replace(/background-image:\s*url\("?data:[^)]*\)/g, 'background-image:none');
      if (/url\(/.test(contents)) throw new Error('style.css still asks for something else');
      return { contents, loader: 'css' };
    });
  },
};

const { outputFiles, metafile } = await build({
  entryPoints: [join(here, 'console.jsx')],
  absWorkingDir: here,
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  outdir: out,
  entryNames: 'console',
  format: 'iife',
  target: 'es2021',
  jsx: 'automatic',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-style-singleton': join(here, 'style-singleton.js') },
  plugins: [plainStyles],
});

/** What each package in the bundle says of its licence. */
function licences() {
  const folders = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^(node_modules\/(?:@[^/]+\/)?[^/]+)/.exec(relative(here, join(here, input)));
    if (found && !input.includes(':')) folders.add(found[1]);
  }
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(here, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(here, folder)).find((it) => /^licen[cs]e/i.test(it));
    const text = file ? readFileSync(join(here, folder, file), 'utf8').trim() : '(The package brings no text.)';
    if (!license) throw new Error(`${name} names no licence`);
    return `== ${name} ${version}: ${license}\n\n${text}\n`;
  }).join('\n');
}

const made = {
  'index.html': readFileSync(join(here, 'index.html')),
  'icon.svg': readFileSync(join(here, 'icon.svg')),
  'licences.txt': Buffer.from(licences()),
  ...Object.fromEntries(outputFiles.map((it) => [relative(out, it.path), Buffer.from(it.contents)])),
};

const checking = process.argv.includes('--check');
for (const [name, bytes] of Object.entries(made)) {
  const path = join(out, `${name}.gz`);
  if (checking) {
    if (!existsSync(path) || !gunzipSync(readFileSync(path)).equals(bytes)) {
      throw new Error(`${path} is not what the sources make: npm run build, and commit it`);
    }
  } else {
    const packed = gzipSync(bytes, { level: 9 });
    writeFileSync(path, packed);
    console.log(`${name}: ${bytes.length} bytes, ${packed.length} packed`);
  }
}
