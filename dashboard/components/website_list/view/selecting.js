// The selection of rows and the actions on it, with a time in which a deletion can be undone. A mixin of the list.
import { actionOf, edited, spoken } from "./actions.js";
import { WORK, plural } from "./words.js";

const UNDO_MS = 8000;
const SOON_MS = 150; // faster actions show no progress
const LEAVING = ["beforeunload", "pagehide"]; // at pagehide, Firefox has closed the socket already

export const selecting = {
  data() {
    return { selected: new Set(), choosing: false, deleting: new Set(), tagging: "", working: "", said: null };
  },
  mounted() {
    for (const leave of LEAVING) addEventListener(leave, this.remove);
  },
  beforeUnmount() {
    clearTimeout(this.deleteTimer);
    for (const leave of LEAVING) removeEventListener(leave, this.remove);
  },
  computed: {
    allPicked() {
      return this.shown.length > 0 && this.shown.every((row) => this.selected.has(row.id));
    },
    spoken() {
      return spoken(this);
    },
  },
  methods: {
    pick(id) {
      const selected = new Set(this.selected);
      if (!selected.delete(id)) selected.add(id);
      this.selected = selected;
    },
    choose() { // for phones, which have no room for checkboxes
      this.choosing = !this.choosing;
      this.selected = new Set();
    },
    tap(event, id) {
      if (!this.choosing || !this.narrow) return;
      event.preventDefault();
      this.pick(id);
    },
    pickAll() {
      this.selected = this.allPicked ? new Set() : new Set(this.shown.map((row) => row.id));
    },
    goToActions() {
      this.$refs.bar?.querySelector("button")?.focus();
    },
    work({ action, ids, tag, words, undo }) { // *words* is the message when it is done
      this.clearReport();
      this.workTimer = setTimeout(() => (this.working = `${WORK[action]} ${plural(ids.length, "website")} …`), SOON_MS);
      this.next = words && { words, undo };
      this.$emit("act", { action, ids, tag });
    },
    done(isDone) {
      clearTimeout(this.workTimer);
      this.working = "";
      if (isDone && this.next) this.report(this.next);
    },
    act(action) {
      const chosen = actionOf(action, [...this.selected].map((id) => this.all.get(id)).filter(Boolean), this.tagging.trim());
      if (action !== "tag" && action !== "untag") this.selected = new Set();
      this.tagging = "";
      this.work(chosen);
    },
    report(said) {
      this.clearReport();
      this.said = said;
      this.reportTimer = setTimeout(this.clearReport, UNDO_MS);
    },
    changed(ids) {
      this.report(edited(ids));
    },
    clearReport() {
      clearTimeout(this.reportTimer);
      this.said = null;
    },
    startDelete() {
      this.clearReport();
      this.deleting = this.selected;
      this.selected = new Set();
      this.deleteTimer = setTimeout(this.remove, UNDO_MS);
    },
    remove() { // also when the reader leaves the page, and can no longer undo
      if (!this.deleting.size) return;
      this.work({ action: "delete", ids: [...this.deleting] });
      this.change([], [], [...this.deleting]);
      this.deleting = new Set();
    },
    undo() {
      clearTimeout(this.deleteTimer);
      this.selected = this.deleting;
      this.deleting = new Set();
    },
  },
};
