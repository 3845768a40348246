// Builds the page into ../api/assets/page, whose files are committed: a machine with only Rust can build the server.
//
//   npm ci --ignore-scripts && npm run build
//
// The result is the same on every machine, so CI can compare it with what is committed.
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const target = path.join(here, '../api/assets/page');

// A text that must go along with the bundle is collected for each of these; anything else needs a person's decision.
const LICENSES = new Set(['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD']);

// GraphiQL's style sheet carries its fonts as `data:` addresses, 340 kB of them, which `font-src 'self'` forbids. The
// reader's own fonts do as well (see src/page.css).
const withoutEmbeddedFonts = {
  name: 'without-embedded-fonts',
  setup({ onLoad }) {
    onLoad({ filter: /graphiql[\\/]dist[\\/]style\.css$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source.replace(/@font-face\s*\{[^}]*\}/g, '');
      if (contents.length === source.length) {
        throw new Error(`${file} has no @font-face any more: this step can go`);
      }
      return { contents, loader: 'css' };
    });
  },
};

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { graphiql: 'src/page.jsx' },
  outdir: target,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  // See the file: the package writes <style> elements, which the content security policy forbids.
  alias: { 'react-style-singleton': './src/style-singleton.js' },
  plugins: [withoutEmbeddedFonts],
  // Licences go into a file of their own, whole; the comments hold only some of them.
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

await mkdir(target, { recursive: true });
await writeFile(path.join(target, 'index.html'), await readFile(path.join(here, 'src/index.html')));
await writeFile(path.join(target, 'LICENSES.txt'), await licenses(metafile));
const expected = ['LICENSES.txt', 'graphiql.css', 'graphiql.js', 'index.html'];
for (const name of await readdir(target)) {
  if (!expected.includes(name)) {
    await rm(path.join(target, name), { recursive: true });
  }
}
for (const name of expected) {
  const { length } = await readFile(path.join(target, name));
  console.log(`${String(length).padStart(9)} bytes  ${name}`);
}

/** The name, version and licence text of each package of which at least one byte is in the bundle. */
async function licenses({ outputs }) {
  const folders = new Set();
  for (const { inputs } of Object.values(outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (folder && bytesInOutput > 0) {
        folders.add(folder);
      }
    }
  }
  const texts = [];
  for (const folder of folders) {
    const { name, version, license, author } = JSON.parse(await readFile(path.join(here, folder, 'package.json'), 'utf8'));
    if (!LICENSES.has(license)) {
      throw new Error(`${name} ${version} is licensed under ${license}, which nobody has looked at yet`);
    }
    texts.push({ name, heading: `${name} ${version} (${license})`, text: await licenseText(folder, license, author) });
  }
  texts.sort((a, b) => (a.name < b.name ? -1 : 1));
  const head = 'graphiql.js and graphiql.css are made of the packages below, each under the licence that follows its name.\n';
  return head + texts.map(({ heading, text }) => `\n${'='.repeat(80)}\n${heading}\n${'='.repeat(80)}\n\n${text}\n`).join('');
}

/** A few packages name their licence without its text; for those the standard text stands in. */
async function licenseText(folder, license, author) {
  const names = (await readdir(path.join(here, folder))).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  if (names.length > 0) {
    const texts = await Promise.all(names.map((name) => readFile(path.join(here, folder, name), 'utf8')));
    return texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n');
  }
  if (license !== 'MIT') {
    throw new Error(`${folder} has no licence file, and only the MIT text is known here`);
  }
  const holder = typeof author === 'string' ? author : author?.name;
  const text = await readFile(path.join(here, 'src/MIT.txt'), 'utf8');
  return text.replace('HOLDER', holder ?? `the authors of ${path.basename(folder)}`).trim();
}
