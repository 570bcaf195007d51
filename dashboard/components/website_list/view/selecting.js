// Rows that are selected and what is done to them, with a while in which it can be taken back. A part of the list, which
// has its rows.
import { deedOf, edited, spoken } from "./deeds.js";
import { WORK, plural } from "./words.js";

const UNDO_MS = 8000;
const SOON_MS = 150; // what is done sooner needs no word
const LEAVING = ["beforeunload", "pagehide"]; // at the second Firefox has no line any more

export const selecting = {
  data() {
    return { selected: new Set(), choosing: false, doomed: new Set(), tagging: "", working: "", said: null };
  },
  mounted() {
    for (const leave of LEAVING) addEventListener(leave, this.remove);
  },
  beforeUnmount() {
    clearTimeout(this.doomTimer);
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
    choose() { // on a phone, where there is no room for boxes beside what is read
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
    work({ action, ids, tag, words, undo }) { // what to do, and what to say once it is done
      this.hush();
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
      const deed = deedOf(action, [...this.selected].map((id) => this.all.get(id)).filter(Boolean), this.tagging.trim());
      if (action !== "tag" && action !== "untag") this.selected = new Set();
      this.tagging = "";
      this.work(deed);
    },
    report(said) {
      this.hush();
      this.said = said;
      this.hushTimer = setTimeout(this.hush, UNDO_MS);
    },
    changed(ids) {
      this.report(edited(ids));
    },
    hush() {
      clearTimeout(this.hushTimer);
      this.said = null;
    },
    doom() {
      this.hush();
      this.doomed = this.selected;
      this.selected = new Set();
      this.doomTimer = setTimeout(this.remove, UNDO_MS);
    },
    remove() { // also when the page is left: nobody can undo it any more
      if (!this.doomed.size) return;
      this.work({ action: "delete", ids: [...this.doomed] });
      this.change([], [], [...this.doomed]);
      this.doomed = new Set();
    },
    undo() {
      clearTimeout(this.doomTimer);
      this.selected = this.doomed;
      this.doomed = new Set();
    },
  },
};
