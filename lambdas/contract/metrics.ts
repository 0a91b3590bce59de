/** CloudWatch metrics that the functions emit (EMF) and that dashboard and alarms read. Dimensions stay bounded. */
export const metricsNamespace = 'Sluice';

export const metricNames = {
  uploadsInitiated: 'UploadsInitiated',
  uploadsRefused: 'UploadsRefused',
  uploadsStored: 'UploadsStored',
  uploadsRejected: 'UploadsRejected',
  uploadsExpired: 'UploadsExpired',
  uploadsAborted: 'UploadsAborted',
  bytesStored: 'BytesStored',
  uploadSeconds: 'UploadSeconds',
  processingSeconds: 'ProcessingSeconds',
  processingFailed: 'ProcessingFailed',
  messagesPutOff: 'MessagesPutOff',
  openUploads: 'OpenUploads',
  strayVersionsDeleted: 'StrayVersionsDeleted',
  eventsPublished: 'EventsPublished',
  eventsPublishFailed: 'EventsPublishFailed',
  contentsWithdrawn: 'ContentsWithdrawn',
  rescansInconclusive: 'RescansInconclusive',
  sweepItems: 'SweepItems',
  sweepFailures: 'SweepFailures',
  countersDrifted: 'CountersDrifted',
  scannerUnavailable: 'ScannerUnavailable',
  definitionsAgeSeconds: 'DefinitionsAgeSeconds',
  auditRecords: 'AuditRecords',
  securityAlerts: 'SecurityAlerts',
  auditSealed: 'AuditSealed',
  auditSealFailures: 'AuditSealFailures',
  auditUnsealedSeconds: 'AuditUnsealedSeconds',
} as const;

/**
 * The dimensions of every one of these metrics, no more and no fewer: an alarm reads exactly one set. `service`
 * is what Powertools adds by itself, from POWERTOOLS_SERVICE_NAME, which the stacks set for every function.
 */
export const metricService = 'sluice';
export const metricDimensions = (stage: string): { service: string; stage: string } => ({
  service: metricService,
  stage,
});

/** Seconds of output that was transcoded: beside these dimensions it has the rung, of which there are five. */
export const transcodedMetric = { name: 'TranscodedSeconds', dimension: 'rung' } as const;
