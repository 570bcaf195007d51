// Two screenshots side by side. Differences are marked on the later one in blocks, so that small ones are visible.
const BLOCK = 12;
const NOTICED = 28; // of 255, in any channel

export default {
  template: `<div class="pp">
    <figure v-for="one in pictures" :key="one.name"><figcaption class="ww-muted">{{ one.name }}</figcaption>
      <div class="pp-frame" v-if="one.src"><img :src="one.src" :alt="one.name" @load="loaded(one.key, $event.target)"><canvas
        v-if="one.key === 'bad'" v-show="marked" ref="marks" aria-hidden="true"></canvas></div>
      <p v-else class="ww-table-empty">No picture was taken.</p></figure>
    <label class="ww-switch" v-if="share != null"><span>Highlight changes: {{ (share * 100).toFixed(share < 0.1 ? 1 : 0) }}% of the picture</span><input type="checkbox" v-model="marked"></label>
  </div>`,
  props: { good: String, bad: String },
  data: () => ({ share: null, marked: true }),
  computed: {
    pictures() { return [{ key: "good", name: "The last good session", src: this.good }, { key: "bad", name: "While it was failing", src: this.bad }]; },
  },
  methods: {
    loaded(key, image) {
      this.images = { ...this.images, [key]: image };
      if (this.images.good && this.images.bad) this.compare();
    },
    pixels(image, width, height) {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, width, height).data;
    },
    compare() {
      const { good, bad } = this.images;
      const width = bad.naturalWidth, height = bad.naturalHeight;
      if (!width || !height || width * height > 4e7) return;
      const before = this.pixels(good, width, height), after = this.pixels(bad, width, height);
      const canvas = this.$refs.marks[0] ?? this.$refs.marks;
      canvas.width = width; canvas.height = height;
      const context = canvas.getContext("2d");
      context.fillStyle = "rgb(220 47 60 / 38%)";
      let changed = 0, blocks = 0;
      for (let y = 0; y < height; y += BLOCK) for (let x = 0; x < width; x += BLOCK) {
        blocks++;
        if (this.differs(before, after, x, y, width, height)) { changed++; context.fillRect(x, y, BLOCK, BLOCK); }
      }
      this.share = changed / blocks;
    },
    differs(before, after, x, y, width, height) {
      for (let row = y; row < Math.min(y + BLOCK, height); row += 2) for (let column = x; column < Math.min(x + BLOCK, width); column += 2) {
        const at = (row * width + column) * 4;
        for (let channel = 0; channel < 4; channel++) if (Math.abs(before[at + channel] - after[at + channel]) > NOTICED) return true;
      }
      return false;
    },
  },
};
