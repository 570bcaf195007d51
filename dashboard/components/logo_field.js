// An input for a logo, which is scaled down in the browser: a photograph would be too large for the socket.
const WIDE = 800, HIGH = 176; // px: four times the displayed size
const MOST_SVG = 150_000; // bytes; an SVG cannot be scaled down here

export default {
  template: `<div class="ww-field ww-across"><span class="ww-secondary">Logo</span>
    <div class="ww-picked-logo">
      <img v-if="shown" :src="shown" alt="Logo preview">
      <label class="ww-button"><span>{{ shown ? "Choose another picture" : "Choose a picture" }}</span>
        <input type="file" class="ww-hidden" accept="image/png,image/jpeg,image/webp,image/gif,image/svg+xml" aria-label="Logo" :aria-describedby="$.uid + '-wrong'" @change="choose"></label>
      <button type="button" class="ww-button" v-if="shown" @click="keep('')">No logo</button>
    </div>
    <small class="ww-wrong" role="alert" :id="$.uid + '-wrong'">{{ wrong }}</small></div>`,
  props: { picture: String },
  data() { return { shown: this.picture, wrong: "" }; },
  methods: {
    keep(picture) {
      this.shown = picture;
      this.wrong = "";
      this.$emit("picture", picture);
    },
    async choose(event) {
      const file = event.target.files[0];
      event.target.value = ""; // so that the same file can be chosen again
      if (!file) return;
      try {
        this.keep(file.type === "image/svg+xml" ? await this.drawing(file) : await this.madeSmall(file));
      } catch (error) {
        this.wrong = error.words ?? `${file.name} is not an image this browser can read. Choose a PNG, JPEG, WebP, GIF or SVG.`;
      }
    },
    async drawing(file) {
      if (file.size > MOST_SVG) throw { words: `${file.name} is larger than ${MOST_SVG / 1000} kB. Choose a smaller one.` };
      return await new Promise((done, failed) => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result);
        reader.onerror = failed;
        reader.readAsDataURL(file);
      });
    },
    async madeSmall(file) {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, WIDE / picture.width, HIGH / picture.height);
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const drawn = canvas.toDataURL("image/png");
      return drawn.length < 200_000 ? drawn : canvas.toDataURL("image/webp", 0.9);
    },
  },
};
