/** A cloud that serves a dialect at addresses, or in bodies, of its own. */
export type Hosting =
  | {
      /** Azure OpenAI's dated API, where the path names the deployment. Its v1 API is OpenAI's own. */
      readonly type: 'azure'
      /** `2025-04-01-preview` */
      readonly apiVersion: string
    }
  | {
      /** Vertex AI: the path names the model; what Claude is told differs, too. */
      readonly type: 'vertex'
    }
