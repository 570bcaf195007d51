// Uploads a HAR file by HTTP, as files may have hundreds of megabytes, which is too much for the socket.
const byProxy = (status) =>
  status === 413
    ? "A proxy in front of Watchwright rejects files of this size. Its administrator can raise the limit (nginx: client_max_body_size)."
    : `A proxy in front of Watchwright returned ${status}. Try again, or ask its administrator.`;

export default {
  template: `<form class="ww-form" novalidate @submit.prevent="go">
    <label class="ww-field"><span class="ww-secondary">File</span>
      <input type="file" class="ww-input" accept=".har,.json,application/json" aria-label="HAR file" data-autofocus ref="file" @change="wrong = ''"></label>
    <div class="ww-error" role="alert">{{ wrong }}</div>
    <div class="ww-actions">
      <button type="button" class="ww-button" @click="$emit('cancel')">Cancel</button>
      <button type="submit" class="ww-button ww-primary" :disabled="isSending">{{ isSending ? "Importing …" : "Import" }}</button>
    </div></form>`,
  props: { website: String },
  data: () => ({ wrong: "", isSending: false }),
  methods: {
    async go() {
      const file = this.$refs.file.files[0];
      this.isSending = Boolean(file);
      this.wrong = file ? await this.send(file) : "Choose a file first.";
      this.isSending = false;
    },
    /** Uploads the file and opens its session. Returns what went wrong, if anything. */
    async send(file) {
      const prefix = window.path_prefix ?? "";
      try {
        const answer = await fetch(`${prefix}/api/v1/debug-sessions/import?website_id=${this.website}`, { method: "POST", body: file });
        if (!answer.headers.get("Content-Type")?.includes("json")) return byProxy(answer.status); // our own answers are JSON
        const told = await answer.json();
        if (!answer.ok) return told.detail;
        location.href = `${prefix}/debug-sessions/${told.id}`;
        return "";
      } catch {
        return "The file could not be read or the server could not be reached. Try again.";
      }
    },
  },
};
