"""Makes MiniStack check what AWS also checks, and has call_record.py write down who asked for what.

MiniStack authorizes every signed request by one function, `iam_evaluator.enforce`. Four kinds of things that AWS
looks at there are unknown to it:
- that the right to send, delete or put off one SQS message covers a batch;
- `dynamodb:LeadingKeys`, the partition keys that a call names, of each item of a transaction by itself;
- `kms:EncryptionContext...`, `kms:SigningAlgorithm` and other keys of a call to KMS; that a key named by an alias is
  meant itself, that an alias is made and deleted by the rights to both, and that tags of a new key take a right;
- the rights to tags, retention and legal holds that an S3 write asks for by its headers.
"""

import contextvars
import json
import re

from call_record import LEADING_KEYS, CallRecord, asked_calls
from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb, kms, s3
from ministack.services.tagging import resource_tags

KMS_KEYS = {
    "SigningAlgorithm": "kms:SigningAlgorithm",
    "MessageType": "kms:MessageType",
    "KeySpec": "kms:KeySpec",
    "KeyUsage": "kms:KeyUsage",
    "PendingWindowInDays": "kms:ScheduleKeyDeletionPendingWindowInDays",
}

# Header of a write, and the right that it takes beside s3:PutObject.
WRITE_HEADERS = {
    "x-amz-tagging": "s3:PutObjectTagging",
    "x-amz-object-lock-mode": "s3:PutObjectRetention",
    "x-amz-object-lock-legal-hold": "s3:PutObjectLegalHold",
}

# What MiniStack takes for actions of their own: one right covers the single call and the batch.
BATCHES = {f"sqs:{name}Batch": f"sqs:{name}" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")}

# Of each item of the transaction that is being checked, in its order.
transaction_keys = contextvars.ContextVar("transaction_keys")
# What the request to KMS that is being checked says.
kms_request = contextvars.ContextVar("kms_request", default={})


def install(record_path):
    """Replaces MiniStack's check by this one. Returns the record, where a file for it is named."""
    tags_of, checks_of, enforce = (
        iam_actions.request_tag_context,
        iam_actions.s3_additional_checks,
        iam_evaluator.enforce,
    )

    def context_of(service, iam_action, body, params):
        return {**tags_of(service, iam_action, body, params), **request_context(service, body)}

    def s3_checks(method, path, headers, body, query_params):
        return [
            *checks_of(method, path, headers, body, query_params),
            *write_checks(method, path, headers, query_params),
        ]

    def enforce_and_tell(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        context = service_context or {}
        if "dynamodb:EnclosingOperation" in context:
            context = {**context, LEADING_KEYS: next(transaction_keys.get(), [])}
        checks = [(BATCHES.get(iam_action, iam_action), resource_arn)]
        if service == "kms":
            checks = kms_checks(iam_action, resource_arn)
        for action, arn in checks:
            details = {**context, **key_context(arn)} if service == "kms" else context
            denied = enforce(access_key_id, action, service, region, arn, details)
            asked = asked_calls.get()
            # Whoever is not authenticated is nobody's role.
            if asked is not None and access_key_id and not isinstance(denied, iam_evaluator.AuthError):
                asked.append((access_key_id, service, action, arn, details, denied is None))
            if denied:
                return denied
        return None

    iam_actions.request_tag_context = context_of
    iam_actions.s3_additional_checks = s3_checks
    iam_evaluator.enforce = enforce_and_tell
    return CallRecord(record_path) if record_path else None


def request_context(service, body):
    """The condition keys of a request that follow from its body."""
    if service not in ("dynamodb", "kms"):
        return {}
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return {}
    if not isinstance(data, dict):
        return {}
    return kms_context(data) if service == "kms" else dynamodb_context(data)


def kms_context(data):
    kms_request.set(data)
    context = {name: str(data[field]) for field, name in KMS_KEYS.items() if field in data}
    encryption = data.get("EncryptionContext")
    if isinstance(encryption, dict) and encryption:
        context["kms:EncryptionContextKeys"] = list(encryption)
        context.update({f"kms:EncryptionContext:{key}": str(value) for key, value in encryption.items()})
    return context


def kms_checks(action, arn):
    """(action, ARN) pairs of a call to KMS that names `arn`."""
    if action == "kms:CreateKey":
        return [(action, arn), *([("kms:TagResource", arn)] if kms_request.get().get("Tags") else [])]
    if ":alias/" not in arn:
        return [(action, arn)]
    key = key_arn(kms_request.get().get("TargetKeyId") or kms._aliases.get(arn))
    if action in ("kms:CreateAlias", "kms:DeleteAlias"):
        return [(action, arn), *([(action, key)] if key else [])]
    # Of an alias that names nothing there is nothing but the alias to ask about.
    return [(action, key or arn)]


def key_arn(key_id):
    if not key_id or key_id.startswith("arn:"):
        return key_id
    return (kms._keys.get(key_id) or {}).get("Arn")


def key_context(arn):
    """The condition keys that follow from the key itself."""
    if ":key/" not in arn:
        return {}
    tags = {f"aws:ResourceTag/{name}": value for name, value in (resource_tags(arn) or {}).items()}
    key_id = arn.rpartition("/")[2]
    aliases = [alias.rpartition(":")[2] for alias, target in kms._aliases.items() if target == key_id]
    return {**tags, **({"kms:ResourceAliases": aliases} if aliases else {})}


def dynamodb_context(data):
    items = data.get("TransactItems")
    if isinstance(items, list):
        # MiniStack checks each member of each item, in this order.
        members = iam_actions._DYNAMODB_TRANSACT_ITEM_ACTIONS
        named = [item[member] for item in items for member in members if isinstance(item.get(member), dict)]
        transaction_keys.set(iter([leading_keys(detail) for detail in named]))
        return {}
    keys = leading_keys(data)
    return {LEADING_KEYS: keys} if keys else {}


def leading_keys(data):
    """Partition keys of the items that a call names, each once."""
    if isinstance(data.get("RequestItems"), dict):
        found = [key for table, asked in data["RequestItems"].items() for key in batch_keys(table, asked)]
    else:
        partition = partition_attribute(data.get("TableName"), data.get("IndexName"))
        found = [
            scalar(item.get(partition)) for item in (data.get("Key"), data.get("Item")) if isinstance(item, dict)
        ]
        found.append(queried_key(data, partition))
    return sorted({key for key in found if key is not None})


def batch_keys(table, asked):
    partition = partition_attribute(table, None)
    if isinstance(asked, dict):
        items = asked.get("Keys", [])
    else:
        items = [entry.get("PutRequest", {}).get("Item") or entry["DeleteRequest"]["Key"] for entry in asked]
    return [scalar(item.get(partition)) for item in items]


def queried_key(data, partition):
    """The value that a Query's key condition demands of the partition key."""
    names = data.get("ExpressionAttributeNames") or {}
    values = data.get("ExpressionAttributeValues") or {}
    for name, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", data.get("KeyConditionExpression") or ""):
        if names.get(name, name) == partition:
            return scalar(values.get(value))
    return None


def partition_attribute(table, index):
    known = dynamodb._tables.get((table or "").rpartition("/")[2]) or {}
    if not index:
        return known.get("pk_name")
    found = next((each for each in known.get("GlobalSecondaryIndexes") or [] if each["IndexName"] == index), None)
    schema = found["KeySchema"] if found else []
    return next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), None)


def scalar(value):
    return next(iter(value.values()), None) if isinstance(value, dict) else None


def write_checks(method, path, headers, query_params):
    """(action, ARN) pairs for what an object's write says beside its bytes."""
    bucket, _, key = path.lstrip("/").partition("/")
    if not key or iam_actions._s3_action(method, path, query_params) != "PutObject":
        return []
    target = f"arn:aws:s3:::{bucket}/{key}"
    checks = [(action, target) for header, action in WRITE_HEADERS.items() if headers.get(header)]
    source = iam_actions._s3_source_object(headers)
    if source and "uploadId" not in query_params and headers.get("x-amz-tagging-directive", "COPY") == "COPY":
        # A copy that keeps the tags reads and writes them, where there are any.
        arn, version_id = source
        from_bucket, _, from_key = arn.removeprefix("arn:aws:s3:::").partition("/")
        query = {"versionId": version_id} if version_id else {}
        if s3.object_tags_for_condition(from_bucket, from_key, query):
            checks += [("s3:GetObjectVersionTagging" if version_id else "s3:GetObjectTagging", arn)]
            checks += [("s3:PutObjectTagging", target)]
    return checks
