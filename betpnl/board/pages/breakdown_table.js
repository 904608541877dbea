import { count, money, percent, sign, words } from "/static/game.js";

export default {
  template: `
  <section v-if="value" aria-label="Breakdown">
    <p v-if="value.sentence" class="muted" role="status">{{ value.sentence }}</p>
    <div class="scroll" tabindex="0" role="region" :aria-label="'PNL by ' + value.by" v-if="value.rows.length">
    <table class="rows breakdown">
      <thead><tr>
        <th scope="col">{{ title }}</th><th scope="col">Bets</th><th scope="col">Handle</th>
        <th scope="col">Expected PNL</th><th scope="col">Realised PNL</th><th scope="col">Total PNL</th>
        <th scope="col" title="What the odds alone would keep of the handle">Margin</th>
        <th scope="col" title="What was kept of the handle that is settled">Hold</th>
      </tr></thead>
      <tbody><tr v-for="row in rows" :key="row.name" :data-value="row.name">
        <th scope="row">{{ row.name === "" ? "(none)" : words(row.name) }}</th>
        <td class="num" data-part="bets" :data-raw="row.bets">{{ count(row.bets) }}</td>
        <td class="num" data-part="handle" :data-raw="row.handle"><span class="bar" aria-hidden="true"><i :style="{ width: row.share + '%' }"></i></span>{{ money(row.handle, minor) }}</td>
        <td v-for="name in pnls" :key="name" class="num" :class="sign(row[name])" :data-part="name" :data-raw="row[name]">{{ money(row[name], minor, true) }}</td>
        <td class="num">{{ percent(row.margin) }}</td>
        <td class="num" data-part="hold" :data-raw="row.hold">{{ percent(row.hold) }}</td>
      </tr></tbody>
    </table>
    </div>
  </section>`,
  props: { value: Object, minor: Number, currency: String },
  data: () => ({ pnls: ["expected_pnl", "realised_pnl", "total_pnl"] }),
  computed: {
    title() {
      return this.value.by.charAt(0).toUpperCase() + this.value.by.slice(1);
    },
    rows() {
      const most = Number(this.value.rows[0].handle);
      return this.value.rows.map((row) => ({
        ...row,
        name: row.values[this.value.by],
        share: most ? (100 * Number(row.handle)) / most : 0,
      }));
    },
  },
  methods: { count, money, percent, sign, words },
};
