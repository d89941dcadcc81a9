// What other sites show of the page: the preview image, the meta tags for link previews, and oembed.json for embedding by
// address.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

const PICTURE = { name: 'preview.png', width: 1200, height: 630 };
const EMBED = { width: 960, height: 540 };

/** Converts an SVG to PNG, with the same typeface on every machine. */
export async function rasterise(svg) {
  const here = createRequire(import.meta.url);
  await initWasm(readFileSync(here.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  const faces = ['DejaVuSans', 'DejaVuSans-Bold'];
  const picture = new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontBuffers: faces.map((face) => readFileSync(here.resolve(`dejavu-fonts-ttf/ttf/${face}.ttf`))),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  });
  return picture.render().asPng();
}

/** The public address of the page: absolute and with a trailing slash, or '' when it is unknown. */
export function publicAddress(text) {
  if (!text) return '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) {
    throw new Error(`INCIDENT_REPLAY_URL=${text}: expected the page's address, such as https://status.example.org/replay/`);
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

/**
 * The meta tags for link previews. Tags that need an absolute address are left out when there is none.
 * @param {{title: string, description: string, alt: string}} texts as HTML
 * @param {string} address of the page, or ''
 */
export function tags({ title, description, alt }, address) {
  const url = escaped(address);
  const picture = `${url}${PICTURE.name}`;
  const pairs = [
    ['property', 'og:type', 'article'],
    ['property', 'og:site_name', 'Incident replay'],
    ['property', 'og:title', title],
    ['property', 'og:description', description],
    ['property', 'og:image', picture],
    ['property', 'og:image:type', 'image/png'],
    ['property', 'og:image:width', PICTURE.width],
    ['property', 'og:image:height', PICTURE.height],
    ['property', 'og:image:alt', alt],
    ['name', 'twitter:card', 'summary_large_image'],
    ['name', 'twitter:title', title],
    ['name', 'twitter:description', description],
    ['name', 'twitter:image', picture],
    ['name', 'twitter:image:alt', alt],
    ...(address ? [['property', 'og:url', url]] : []),
  ];
  const lines = pairs.map(([kind, name, value]) => `<meta ${kind}="${name}" content="${value}">`);
  if (address) {
    lines.push(`<link rel="canonical" href="${url}">`);
    lines.push(`<link rel="alternate" type="application/json+oembed" href="${url}oembed.json" title="${title}">`);
  }
  return lines.map((line) => `  ${line}\n`).join('');
}

/** The answer of an oEmbed provider (oembed.com, version 1.0) for the page. */
export function oembed({ title }, address) {
  const source = `${escaped(address)}?embed=1`;
  return {
    version: '1.0',
    type: 'rich',
    provider_name: 'Incident replay',
    provider_url: address,
    title: unescaped(title),
    html: `<iframe src="${source}" width="${EMBED.width}" height="${EMBED.height}" title="${title}" loading="lazy" allow="fullscreen; clipboard-write"></iframe>`,
    ...EMBED,
    thumbnail_url: `${address}${PICTURE.name}`,
    thumbnail_width: PICTURE.width,
    thumbnail_height: PICTURE.height,
  };
}

/** Writes everything into dist/; `pieces` is the folder that `incident-replay story` wrote. */
export async function makePreview(dist, pieces, addressText) {
  const address = publicAddress(addressText);
  const page = join(dist, 'index.html');
  const html = readFileSync(page, 'utf8');
  const svg = readFileSync(join(pieces, 'preview.svg'), 'utf8');
  const texts = {
    title: html.match(/<title>([^<]*)<\/title>/)[1].replaceAll('"', '&quot;'),
    description: readFileSync(join(pieces, 'headline.html'), 'utf8').trim(),
    alt: svg.match(/ aria-label="([^"]*)"/)[1],
  };
  writeFileSync(join(dist, PICTURE.name), await rasterise(svg));
  writeFileSync(page, html.replace('</head>', () => `${tags(texts, address)}</head>`));
  if (address) writeFileSync(join(dist, 'oembed.json'), `${JSON.stringify(oembed(texts, address), null, 2)}\n`);
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

function unescaped(html) {
  const signs = { '&quot;': '"', '&#39;': "'", '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  return html.replaceAll(/&(?:quot|#39|lt|gt|amp);/g, (sign) => signs[sign]);
}
