import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageHtml } from '../../../src/extension/panel/html.ts'

const parts = {
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'abc',
  script: 'https://x/page.js',
  style: 'https://x/page.css',
  language: 'en',
  title: 'Fine-tune',
  translations: { 'a </script><script>alert(1)</script>': 'b' },
}

test('nothing runs in a page but what has its nonce, and nothing in it is inline', () => {
  const html = pageHtml(parts)
  assert.match(html, /default-src 'none'; script-src 'nonce-abc'; style-src https:\/\/\*\.vscode-cdn\.net;/)
  assert.doesNotMatch(html, /unsafe|style=|onload|<style/)
  assert.equal(html.match(/<script/g)?.length, 2)
  assert.equal(html.match(/<\/script>/g)?.length, 2)
})

test('the translations are read back as they were', () => {
  const data = /<script type="application\/json" id="translations">(.*?)<\/script>/.exec(pageHtml(parts))?.[1]
  assert.deepEqual(JSON.parse(data ?? ''), parts.translations)
})
