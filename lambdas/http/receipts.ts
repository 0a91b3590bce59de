import type { RouteName } from '../contract/routes.ts';
import { issueReceipt, type ReceiptDeps } from '../core/receipts/issue.ts';
import { about } from '../runtime/audited.ts';
import { type AuthDeps, authenticated } from '../runtime/authenticated.ts';
import type { RouteHandler } from '../runtime/http-function.ts';
import { ok } from '../runtime/http-response.ts';
import { idPath } from './schemas/fields.ts';
import { receiptQuery } from './schemas/receipts.ts';

export interface ReceiptRouteDeps {
  readonly auth: AuthDeps;
  readonly receipts: ReceiptDeps;
}

export function receiptRoutes({
  auth,
  receipts,
}: ReceiptRouteDeps): Partial<Record<RouteName, RouteHandler>> {
  const route = authenticated(auth);
  return {
    fileReceipt: route('other', async (request, caller) => {
      const { id } = request.path(idPath);
      const { file, answer } = await issueReceipt(receipts, caller, id, request.query(receiptQuery));
      return about(file, ok(answer));
    }),
  };
}
