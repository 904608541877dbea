import { age, ageMs, count, money, onTop, rate, sign, state, verdict } from "/static/board.js";

const WORDS = { ok: "Live", quiet: "Quiet", warning: "Warning", down: "Down" };
const SIGNS = { ok: "●", quiet: "○", warning: "▲", down: "✖" };

export default {
  template: `
  <section class="top-line" aria-label="All games together">
    <dl class="top-figures">
      <div v-for="item in figures" :key="item.name" :data-top="item.name">
        <dt>{{ item.title }}</dt>
        <dd :class="item.sign">{{ item.text }}</dd>
      </div>
    </dl>
    <div class="verdict" :class="now.level" role="status">
      <span aria-hidden="true">{{ signs[now.level] }}</span>
      <span><b>{{ words[now.level] }}</b> {{ now.sentence }}</span>
      <span class="num" data-top="age" v-if="newest !== '–'">Newest figure {{ newest }} old.</span>
    </div>
  </section>`,
  props: { currency: String, minor: Number },
  data: () => ({ figures: [], now: verdict(), newest: "–", words: WORDS, signs: SIGNS }),
  mounted() {
    this.draw();
    this.end = onTop(() => this.draw());
    this.ticking = setInterval(() => this.drawAge(), 500);
  },
  unmounted() {
    this.end();
    clearInterval(this.ticking);
  },
  methods: {
    draw() {
      const top = state.top;
      const plain = (title, name) => ({ name, title, text: money(top?.[name], this.minor) });
      const pnl = (title, name) => ({
        name,
        title,
        text: money(top?.[name], this.minor, true),
        sign: sign(top?.[name]),
      });
      this.figures = [
        plain(`Handle ${this.currency}`, "handle"),
        pnl("Expected PNL", "expected_pnl"),
        pnl("Realised PNL", "realised_pnl"),
        pnl("Total PNL", "total_pnl"),
        plain("Liability", "liability"),
        { name: "bets_per_s", title: "Bets a second", text: rate(top?.bets_per_s) },
        { name: "bets", title: "Bets", text: count(top?.bets) },
        {
          name: "games",
          title: "Games open / all",
          text: top ? `${count(top.open_games)} / ${count(top.games)}` : "–",
        },
      ];
      this.drawAge();
    },
    drawAge() {
      this.newest = age(ageMs());
      this.now = verdict();
    },
  },
};
