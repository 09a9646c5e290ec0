'use strict';
// Makes the files of the results tab: one script, its style, its page, and the licenses of what's bundled.
// usage: node bundle.js OUT          OUT/tab/… and OUT/THIRD-PARTY-NOTICES.txt
// usage: node bundle.js --tests OUT  the tests of the sources, for node --test
const fs = require('fs');
const path = require('path');

const tab = path.join(__dirname, '..', '..', 'extension', 'tab');
const esbuild = require(path.join(tab, 'node_modules', 'esbuild'));

const common = { absWorkingDir: tab, bundle: true, target: 'es2022', logLevel: 'warning' };

// What a schema tells readers isn't shipped.
const bareSchema = {
  name: 'bare schema',
  setup(build) {
    build.onLoad({ filter: /report\.schema\.json$/ }, ({ path: file }) => {
      const bare = JSON.parse(fs.readFileSync(file, 'utf8'), (key, value) => (['$schema', 'title', 'description'].includes(key) && typeof value === 'string' ? undefined : value));
      return { contents: JSON.stringify(bare), loader: 'json' };
    });
  },
};

async function bundle(out) {
  const { metafile } = await esbuild.build({
    ...common, entryPoints: ['src/main.ts'], outfile: path.join(out, 'tab', 'tab.js'), format: 'iife', minify: true, legalComments: 'none', charset: 'utf8', metafile: true, plugins: [bareSchema],
  });
  for (const name of ['index.html', 'tab.css', 'foreign.css']) fs.copyFileSync(path.join(tab, name), path.join(out, 'tab', name));
  const modules = new Set(Object.keys(metafile.inputs).map((file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(Boolean));
  fs.writeFileSync(path.join(out, 'THIRD-PARTY-NOTICES.txt'), notices([...modules].sort()));
}

function notices(modules) {
  const parts = modules.map((name) => {
    const folder = path.join(tab, 'node_modules', name);
    const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const license = fs.readdirSync(folder).find((file) => /^licen[cs]e([.-]|$)/i.test(file));
    if (!license) throw new Error(`${name} brings no license`);
    return `\n${'='.repeat(80)}\n${name} ${version}\n\n${fs.readFileSync(path.join(folder, license), 'utf8').replace(/\r\n/g, '\n').trim()}\n`;
  });
  return `The results tab contains the following npm packages, unchanged but for bundling, each under its own license.\n${parts.join('')}`;
}

// All tests in one file, since node --test starts a process for each.
async function tests(out) {
  const names = fs.readdirSync(path.join(tab, 'test')).filter((name) => name.endsWith('.test.ts'));
  await esbuild.build({
    ...common, stdin: { contents: names.map((name) => `import './test/${name}';`).join('\n'), resolveDir: tab }, outfile: path.join(out, 'tab.test.mjs'), format: 'esm', platform: 'node', packages: 'external', sourcemap: 'inline',
  });
}

async function main([first, second]) {
  if (first === '--tests') return tests(second);
  return bundle(first);
}

main(process.argv.slice(2)).catch((e) => { console.error(e); process.exitCode = 1; });
