/** Where the token function tells Cognito's pre-token trigger which machine a token is for. */
export const machineMetadataKey = 'machine';
