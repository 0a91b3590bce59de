import { similarAnswer, similarQuery } from '../schemas/similar.ts';
import { type OperationsOf, success } from './operation.ts';

export const similarOperations = (): Pick<OperationsOf<'files'>, 'similarFiles'> => ({
  similarFiles: {
    summary:
      'Pictures that look like this one, nearest first: copies that were recompressed, scaled, cropped a little',
    description:
      'Only of those that the caller may read. Empty for a file that is no picture, and for a picture without contrast. A picture that was turned or mirrored is another one.',
    query: similarQuery,
    success: success(200, 'Files and how far from this one they are', similarAnswer),
    refusals: ['not_found'],
  },
});
