"""What roles asked the engine for.

The record (SLUICE_RECORD_CALLS names its file) has one JSON line for each kind of call of a role: calls that differ
in nothing but generated ids are of one kind, and the first of them stands for all. The policy of a resource, where it
has one, precedes the first call on it.
"""

import contextvars
import json
import re
from urllib.parse import parse_qs

from ministack.core import iam_evaluator
from ministack.services import s3

LEADING_KEYS = "dynamodb:LeadingKeys"
# What the request names beside its keys. No policy of Sluice asks for them, and each would make kinds of its own.
UNRECORDED_KEYS = {"dynamodb:Attributes", "dynamodb:Select"}

# What lies between two marks of a key or a path and is no plain word.
GENERATED = re.compile(r"(?<![^#/:?&=])(?!(?:[a-z-]*|[A-Z_]+)(?![^#/:?&=]))[^#/:?&=]+")

# What the request that is being answered asked for, as CallRecord.add takes it; None: nobody records it.
asked_calls = contextvars.ContextVar("asked_calls", default=None)


class CallRecord:
    """What roles asked for, one line for each kind of call, written as it comes."""

    def __init__(self, path):
        self.file = open(path, "w", buffering=1)
        self.seen = set()
        self.resources = set()
        # Of each access key; None: no role's. A session's key is never another's.
        self.roles = {}

    async def answer(self, app, scope, receive, send):
        """Has `app` answer a request, and records what it asked for."""
        asked, status = [], 0

        async def send_and_look(message):
            nonlocal status
            status = message.get("status", status)
            await send(message)

        token = asked_calls.set(asked)
        try:
            await app(scope, receive, send_and_look)
        finally:
            asked_calls.reset(token)
            if asked and (not is_presigned(scope) or is_signature_right(scope)):
                for call in [*asked, *absence_checks(asked, status, scope)]:
                    self.add(*call)

    def add(self, access_key_id, service, action, resource, context, granted):
        role = self.role_of(access_key_id)
        if role is None:
            return
        context = {name: value for name, value in context.items() if name not in UNRECORDED_KEYS}
        if isinstance(context.get(LEADING_KEYS), list):
            # A batch names many items of few kinds.
            context[LEADING_KEYS] = list({kind_of(key): key for key in context[LEADING_KEYS]}.values())
        kinds = tuple(sorted((name, str(kind_of(value))) for name, value in context.items()))
        # Behind its first slash a bucket's ARN goes on with an object's generated key.
        name, slash, rest = resource.partition("/") if resource.startswith("arn:aws:s3:::") else (resource, "", "")
        kind = (role, action, name, slash + kind_of(rest), kinds, granted)
        if kind in self.seen:
            return
        self.seen.add(kind)
        self.add_policy(service, name)
        call = {"role": role, "action": action, "resource": resource, "context": context, "granted": granted}
        self.file.write(json.dumps(call) + "\n")

    def add_policy(self, service, resource):
        if resource in self.resources:
            return
        self.resources.add(resource)
        policy = (iam_evaluator._resource_policy(service, resource) or (None,))[0]
        if policy:
            document = json.loads(policy) if isinstance(policy, str) else policy
            self.file.write(json.dumps({"policyOf": resource, "policy": document}) + "\n")

    def role_of(self, access_key_id):
        if access_key_id not in self.roles:
            credential = iam_evaluator.resolve_credential(access_key_id)
            arn = getattr(credential, "principal_arn", "")
            is_role = ":assumed-role/" in arn
            self.roles[access_key_id] = iam_evaluator._role_name_from_assumed_arn(arn) if is_role else None
        return self.roles[access_key_id]


def kind_of(value):
    """A value without its generated parts: what lies between the marks of a key counts where it is a plain word."""
    if isinstance(value, str):
        return GENERATED.sub("*", value)
    if isinstance(value, list):
        return sorted({kind_of(each) for each in value})
    return value


def is_presigned(scope):
    return b"X-Amz-Signature=" in scope.get("query_string", b"")


def is_signature_right(scope):
    """A presigned URL makes a call of its signer only where its signature holds, which MiniStack looks at last."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query_params = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return s3._verify_presigned_sigv4(scope["method"], scope["path"], headers, query_params) is None


def absence_checks(asked, status, scope):
    """
    S3 tells that an object is missing only to who may list its bucket, and refuses all others. Who holds a URL can
    bear either.
    """
    if status != 404 or is_presigned(scope):
        return []
    buckets = {
        (key, resource.partition("/")[0])
        for key, _, action, resource, _, _ in asked
        if action in ("s3:GetObject", "s3:GetObjectVersion")
    }
    return [(key, "s3", "s3:ListBucket", bucket, {}, True) for key, bucket in buckets]
