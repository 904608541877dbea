import { money, sign } from "/static/board.js";

export default {
  template: `<span class="num" :class="signed ? colour : ''" :data-raw="value">{{ text }}</span>`,
  props: { value: String, minor: Number, signed: Boolean },
  computed: {
    text() {
      return money(this.value, this.minor, this.signed);
    },
    colour() {
      return sign(this.value);
    },
  },
};
