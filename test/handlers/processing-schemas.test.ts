import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../lambdas/contract/limits.ts';
import { type Operation, recipesOf } from '../../lambdas/core/images/operations.ts';
import { defaultPresets } from '../../lambdas/core/images/presets.ts';
import { processingSchemas } from '../../lambdas/http/schemas/processing.ts';
import { tenantSchemas } from '../../lambdas/http/schemas/tenants.ts';

const { process } = processingSchemas(defaultLimits);
const accepts = (...operations: readonly unknown[]) => process.safeParse({ operations }).success;
const { changeTenant } = tenantSchemas(defaultLimits);
const acceptsPresets = (renditionPresets: readonly object[]) =>
  changeTenant.safeParse({ policy: { renditionPresets } }).success;
const preset = (over: object = {}) => ({ ...defaultPresets[0], ...over });

describe('a request for operations', () => {
  it.each([
    { type: 'compress' },
    { type: 'compress', params: { quality: 1, metadata: 'keep' }, priority: 'urgent' },
    { type: 'thumbnails', params: { sizes: [1, 8192], format: 'webp' } },
    { type: 'resize', params: { height: 10, fit: 'cover' } },
    { type: 'watermark', params: { text: '<b> & "©"', position: 'top-left', opacity: 1 } },
    { type: 'watermark', params: { fileId: 'F1', scale: 0.01 } },
    { type: 'convert', params: { format: 'avif', quality: 100 } },
  ])('may be %j', (operation) => {
    expect(accepts(operation)).toBe(true);
  });

  it.each([
    { type: 'rotate' },
    { type: 'compress', params: { quality: 0 } },
    { type: 'compress', params: { format: 'webp' } },
    { type: 'compress', priority: 'now' },
    { type: 'thumbnails', params: { sizes: [] } },
    { type: 'thumbnails', params: { sizes: [1, 2, 3, 4, 5, 6] } },
    { type: 'resize' },
    { type: 'resize', params: { fit: 'cover' } },
    { type: 'resize', params: { width: 8193 } },
    { type: 'resize', params: { width: 1.5 } },
    { type: 'watermark', params: { text: 'a', fileId: 'F1' } },
    { type: 'watermark', params: { text: 'two\nlines' } },
    { type: 'watermark', params: { text: 'x'.repeat(201) } },
    { type: 'watermark', params: { text: ' \u200b\u00ad ' } },
    { type: 'watermark', params: { text: 'x', position: 'middle' } },
    { type: 'watermark', params: { text: 'x', opacity: 0 } },
    { type: 'convert', params: {} },
    { type: 'convert', params: { format: 'gif' } },
  ])('may not be %j', (operation) => {
    expect(accepts(operation)).toBe(false);
  });

  it('has at least one operation, and ten at most', () => {
    expect(accepts()).toBe(false);
    expect(accepts(...Array.from({ length: 10 }, () => ({ type: 'compress' })))).toBe(true);
    expect(accepts(...Array.from({ length: 11 }, () => ({ type: 'compress' })))).toBe(false);
  });
});

describe("a tenant's presets", () => {
  it('may be the default ones, and others', () => {
    expect(acceptsPresets(defaultPresets)).toBe(true);
    expect(acceptsPresets([preset({ name: 'product-card', format: 'webp' })])).toBe(true);
  });

  it('have names of their own, which no other rendition ever has', () => {
    const operations = [
      { type: 'compress' },
      { type: 'thumbnails' },
      { type: 'resize', params: { width: 1 } },
      { type: 'watermark', params: { mark: { text: 'x' } } },
      { type: 'convert', params: { format: 'png' } },
    ] as const satisfies readonly Operation[];
    const made = operations
      .flatMap((operation) => ['image/jpeg', 'image/png'].flatMap((of) => recipesOf(operation, of)))
      .map(({ name }) => name);
    for (const name of [
      ...made,
      'page-1',
      'page',
      'poster',
      'stream',
      'Small',
      '',
      '-a',
      '1a',
      'a'.repeat(33),
      'a/b',
    ]) {
      expect(acceptsPresets([preset({ name })]), name).toBe(false);
    }
    expect(acceptsPresets([preset(), preset()])).toBe(false);
  });

  it('are bounded', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => preset({ name: `p${index}` }));
    expect(acceptsPresets(many(6))).toBe(true);
    for (const presets of [many(0), many(7)]) expect(acceptsPresets(presets)).toBe(false);
    for (const over of [
      { width: 0 },
      { height: 3841 },
      { quality: 101 },
      { format: 'gif' },
      { fit: 'fill' },
    ]) {
      expect(acceptsPresets([preset(over)])).toBe(false);
    }
  });
});
