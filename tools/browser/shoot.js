'use strict';
// Takes a picture of a page or of a text as a terminal of 100 columns shows it.
// usage: node shoot.js CHROMIUM FILE.html|FILE.txt PICTURE.png
const fs = require('fs');
const path = require('path');
const { chromium } = require(path.join(__dirname, '..', 'npm', 'node_modules', 'playwright-core'));

const colours = [[/^.*\bFAIL\b.*$/, '#ff9a9f'], [/^not ready:.*$/, '#ff9a9f'], [/^ {2}pass\b.*$/, '#9bd89b']];

function terminal(text) {
  // Groups are folded, as the log of a run shows them.
  text = text.replace(/^( +)▾ (.*)\n(?:\1.*\n)*/gm, '$1▸ $2\n');
  const lines = text.trimEnd().split('\n').map((line) => {
    const safe = line.replace(/&/g, '&amp;').replace(/</g, '&lt;');
    const colour = colours.find(([pattern]) => pattern.test(line));
    return colour ? `<span style="color:${colour[1]}">${safe}</span>` : safe;
  });
  return `<!DOCTYPE html><body style="margin:0;background:#1b1a19"><pre style="margin:0;padding:16px;min-width:100ch;width:max-content;color:#e8e6e3;
font:14px/1.45 'DejaVu Sans Mono',monospace;white-space:pre">${lines.join('\n')}</pre>`;
}

async function main([executablePath, file, picture]) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const tab = await browser.newPage({ viewport: { width: 920, height: 1000 }, colorScheme: 'light' });
  if (file.endsWith('.html')) {
    await tab.goto('file://' + path.resolve(file));
    await tab.screenshot({ path: picture });
  } else {
    await tab.setContent(terminal(fs.readFileSync(file, 'utf8')));
    await (await tab.$('pre')).screenshot({ path: picture });
  }
  await browser.close();
}

main(process.argv.slice(2)).catch((e) => { console.error(e); process.exitCode = 1; });
