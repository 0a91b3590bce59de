import { describe, expect, it } from 'vitest';
import { svg } from '../../../support/bombs/svg.ts';
import { inspectBytes } from '../../../support/inspecting.ts';

describe('an SVG', () => {
  const named = { filename: 'a.svg', mimeType: 'image/svg+xml' };

  it.each([
    ['javascript', '<script/>'],
    ['javascript', '<rect onclick="x()"/>'],
    ['javascript', '<a href="java&#x0a;script:x()"><rect/></a>'],
    ['javascript', '<set attributeName="href" to="javascript:x()"/>'],
    ['embedded_files', '<foreignObject><body/></foreignObject>'],
    ['external_references', '<image xlink:href="https://example.com/a.png"/>'],
    ['external_references', '<use href="other.svg#a"/>'],
    ['external_references', '<rect fill="url(http://example.com/#a)"/>'],
    ['external_references', '<style>@import "a.css"; rect { fill: red }</style>'],
    ['external_references', '<style><![CDATA[rect { background: url( "//example.com/a" ) }]]></style>'],
  ])('has %s: %s', async (finding, content) => {
    expect(await inspectBytes(svg(content), named)).toMatchObject({ verdict: 'stored', findings: [finding] });
    expect((await inspectBytes(svg(content), named, { activeContent: 'reject' })).verdict).toBe(
      'active_content',
    );
  });

  it('that only draws is accepted by every policy that has SVG rasterized', async () => {
    const content =
      '<!-- drawn --><style>rect{fill:url(#g)}</style><a href="https://example.com"><text>Hi</text></a><image href="data:image/png;base64,AAAA"/>';
    const strict = { activeContent: 'reject' } as const;
    expect(await inspectBytes(svg(content), named, strict)).toMatchObject({
      verdict: 'stored',
      findings: [],
    });
    expect((await inspectBytes(svg(content), named, { svg: 'reject' })).verdict).toBe('active_content');
  });

  it.each([
    ['a width of digits', `<svg xmlns="http://www.w3.org/2000/svg" width="${'1'.repeat(500_000)}!"/>`],
    ['a width of spaces', `<svg xmlns="http://www.w3.org/2000/svg" width="1${' '.repeat(500_000)}!"/>`],
    ['an instruction without end', `<svg xmlns="http://www.w3.org/2000/svg"><?${'a'.repeat(500_000)}`],
    [
      'comments without end',
      `<svg xmlns="http://www.w3.org/2000/svg"><!DOCTYPE a [${'<!--'.repeat(125_000)}]></svg>`,
    ],
  ])('with %s is judged in no time', async (_what, text) => {
    const startedAt = performance.now();
    await inspectBytes(Buffer.from(text), named);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });

  it('with gradients that thousands of shapes use is no bomb', async () => {
    const gradient = `<linearGradient id="g">${'<stop offset="0"/>'.repeat(20)}</linearGradient>`;
    const content = gradient + '<rect fill="url(#g)"/>'.repeat(50_000);
    expect((await inspectBytes(svg(content), named)).verdict).toBe('stored');
  });
});
