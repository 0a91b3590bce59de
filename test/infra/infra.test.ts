/** One file, because synthesizing a stage takes seconds and all suites share what it gave. */
import './suites/config.ts';
import './suites/checks.ts';
import './suites/queues.ts';
import './suites/functions.ts';
import './suites/permissions.ts';
import './suites/stage-key.ts';
import './suites/buckets.ts';
import './suites/table.ts';
import './suites/identity.ts';
import './suites/api.ts';
import './suites/edge.ts';
import './suites/audit.ts';
import './suites/observability.ts';
import './suites/stability.ts';
