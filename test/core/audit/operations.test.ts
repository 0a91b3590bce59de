import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../../lambdas/contract/events.ts';
import { operationOf, operations, outcomeOf, outcomes } from '../../../lambdas/core/audit/operations.ts';
import type { DomainEvent } from '../../../lambdas/core/files/event.ts';

const operation = (type: DomainEvent['type'], data: DomainEvent['data'] = {}) => operationOf({ type, data });

describe('what an event is to the audit', () => {
  it.each(eventTypes)('%s has an operation and an outcome', (type) => {
    expect(operations).toContain(operation(type));
    expect(outcomes).toContain(outcomeOf(type));
  });

  it('follows what an access asked for', () => {
    expect(operation('access.download', { operation: 'download' })).toBe('download');
    expect(operation('access.refused', { operation: 'delete' })).toBe('delete');
    expect(operation('access.read', { operation: 'nonsense' })).toBe('other');
  });

  it('is a sensitive access where an admin sees or changes what is not theirs', () => {
    expect(operation('access.download', { operation: 'download', via: 'admin' })).toBe('sensitive_access');
    expect(operation('access.read', { operation: 'other', via: 'admin' })).toBe('sensitive_access');
    expect(operation('file.moved', { via: 'admin' })).toBe('sensitive_access');
    expect(operation('access.download', { operation: 'download', via: 'share' })).toBe('download');
  });

  it('stays a deletion or a share, so that a search for those finds all of them', () => {
    expect(operation('file.deleted', { via: 'admin' })).toBe('delete');
    expect(operation('file.shared', { via: 'admin' })).toBe('share');
  });

  it('counts making a file public as sharing it', () => {
    expect(operation('file.changed', { isPublic: true })).toBe('share');
    expect(operation('file.changed', { isPublic: false })).toBe('other');
  });

  it('tells refusals and failures from successes', () => {
    expect(outcomeOf('access.refused')).toBe('refused');
    expect(outcomeOf('file.rejected')).toBe('refused');
    expect(outcomeOf('file.failed')).toBe('failed');
    expect(outcomeOf('file.stored')).toBe('success');
  });
});
