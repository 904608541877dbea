import { count, money, sign, time } from "/static/board.js";

const PARTS = [
  ["total_pnl", "Total PNL", true],
  ["realised_pnl", "Realised", true],
  ["open_expected_pnl", "Open, expected", true],
  ["expected_pnl", "Expected as placed", true],
  ["price_moves", "Moved by prices", true],
  ["result_moves", "Moved by results", true],
  ["marked_pnl", "Expected now", true],
  ["predicted_pnl", "If the likeliest come", true],
  ["cash_out_pnl", "Cash-outs", true],
  ["worst_case", "Worst case", true],
  ["best_case", "Best case", true],
  ["liability", "Liability", false],
  ["handle", "Handle", false],
  ["open_handle", "Open handle", false],
  ["payout", "Paid out", false],
];

export default {
  template: `
  <section class="game-head" v-if="value">
    <h1 class="game-sides">
      <span class="game-home">{{ value.home ?? value.game_id }}</span>
      <b class="num" v-if="value.home !== null">{{ score }}</b>
      <span class="game-away" v-if="value.away !== null">{{ value.away }}</span>
    </h1>
    <p class="muted game-facts">
      <span class="game-status">{{ status }}</span>
      <span>{{ value.sport.replaceAll("_", " ") }}</span>
      <span v-if="value.competition">{{ value.competition }}</span>
      <span v-if="value.starts_at">starts <time :datetime="value.starts_at">{{ time(value.starts_at) }}</time></span>
      <span class="game-id">{{ value.game_id }}</span>
    </p>
    <dl class="game-parts">
      <div v-for="[name, title, signed] in parts" :key="name" :data-part="name">
        <dt>{{ title }}</dt>
        <dd class="num" :class="signed ? sign(value[name]) : ''" :data-raw="value[name]">
          {{ money(value[name], minor, signed) }}</dd>
      </div>
      <div data-part="bets">
        <dt>Bets open / all</dt>
        <dd class="num">{{ count(value.open_bets) }} / {{ count(value.bets) }}</dd>
      </div>
    </dl>
  </section>`,
  props: { value: Object, minor: Number, currency: String },
  data: () => ({ parts: PARTS }),
  computed: {
    score() {
      const { score_home: home, score_away: away } = this.value;
      return home === null || away === null ? "v" : `${home}–${away}`;
    },
    status() {
      const { status, minute } = this.value;
      if (status === null) return "not announced";
      return status === "live" && minute !== null ? `live, minute ${minute}` : status;
    },
  },
  methods: { count, money, sign, time },
};
