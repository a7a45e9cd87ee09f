/** The HTTP endpoints of the assistant. */

/** What stands for each in the counts. */
export type AssistantEndpoint =
  // POST /api/chat
  | 'chat'
  // POST /api/files
  | 'files_write'
  // GET /api/files/{name}
  | 'files_read'
  // DELETE /api/files/{name}
  | 'files_delete'
  // GET /api/health
  | 'health';
