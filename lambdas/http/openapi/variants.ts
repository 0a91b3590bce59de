import type { Limits } from '../../contract/limits.ts';
import type { ErrorCode } from '../../core/error-codes.ts';
import { imageLinksAnswer, variantSchemas } from '../schemas/variants.ts';
import { type OperationsOf, redirection, success } from './operation.ts';

const ofPicture: readonly ErrorCode[] = ['not_found', 'upload_state_conflict', 'type_not_allowed'];

export function variantOperations(limits: Limits): OperationsOf<'variants'> {
  const schemas = variantSchemas(limits);
  const picture = redirection('To the picture; `Cache-Control` says for how long, `Vary` on what it depends');
  return {
    fileImage: {
      summary: 'A picture of the file in the size and format that a page needs',
      description:
        'Never enlarged, and of few sizes: what is asked for is rounded up to the next one. Made at the first call, then kept with the file.',
      query: schemas.image,
      success: picture,
      refusals: ofPicture,
    },
    imageLinks: {
      summary: 'Links to such pictures that need no sign-in, for `<img src>` and `srcset`',
      description:
        'Whoever has a link opens the picture until it ends, or until the file is deleted or withdrawn. Asked for again within a quarter of its life, it is the same link.',
      query: schemas.links,
      success: success(200, 'The link, and those of `widths`', imageLinksAnswer),
      refusals: ofPicture,
    },
    linkedImage: {
      summary: 'The picture that a link leads to, for whoever has the link',
      query: schemas.linked,
      success: picture,
      refusals: [...ofPicture, 'forbidden', 'region_blocked', 'rate_limited'],
    },
  };
}
