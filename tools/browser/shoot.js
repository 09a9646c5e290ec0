'use strict';
// Takes a picture of a page.
// usage: node shoot.js CHROMIUM FILE.html PICTURE.png
const path = require('path');
const { chromium } = require(path.join(__dirname, '..', 'npm', 'node_modules', 'playwright-core'));

async function main([executablePath, file, picture]) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  const tab = await browser.newPage({ viewport: { width: 920, height: 1000 }, colorScheme: 'light' });
  await tab.goto('file://' + path.resolve(file));
  await tab.screenshot({ path: picture });
  await browser.close();
}

main(process.argv.slice(2)).catch((e) => { console.error(e); process.exitCode = 1; });
