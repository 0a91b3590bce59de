import 'swagger-ui-dist/swagger-ui.css';
import './styles/api-reference.css';
import SwaggerUi from 'swagger-ui-dist/swagger-ui-es-bundle.js';

/** The document as the API itself serves it, on this very origin: calls tried on the page go there too. */
const documentUrl = '/openapi.json';

SwaggerUi({
  dom_id: '#reference',
  url: documentUrl,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
});
