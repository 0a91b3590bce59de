import type { Limits } from '../../contract/limits.ts';
import { processAnswer, processingSchemas } from '../schemas/processing.ts';
import { anyChange, ifMatch } from './files.ts';
import { type OperationsOf, success } from './operation.ts';

export const processingOperations = (limits: Limits): Pick<OperationsOf<'files'>, 'processFile'> => ({
  processFile: {
    summary: 'Have other pictures made of a stored image: smaller, converted, with a watermark',
    description:
      'Each result is a rendition of the file under a name that says what it is, such as `compress-q85` or `resize-800x600-inside`; GET /storage/files/{id}/url?rendition= opens it. The same operation twice makes one rendition, and the original never changes. Takes JPEG, PNG, WebP, AVIF, GIF and SVG.',
    body: processingSchemas(limits).process,
    example: {
      operations: [
        { type: 'compress' },
        { type: 'watermark', params: { text: '© Northwind' }, priority: 'high' },
      ],
    },
    headers: ifMatch,
    success: success(202, 'A job for each operation', processAnswer),
    refusals: [...anyChange, 'type_not_allowed'],
  },
});
