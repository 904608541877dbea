import { count, money, odds, percent, sign, words } from "/static/game.js";

const MARKS = { worst: "▼ worst", best: "▲ best" };

export default {
  template: `
  <section class="panel ladder" :aria-label="title" :data-market="value.market" :data-line="value.line">
    <header>
      <h3>{{ title }}</h3>
      <p class="muted">
        stakes <b class="num">{{ money(value.handle_riding, minor) }}</b>
        <template v-if="value.is_open">
          · worst <b class="num" :class="sign(value.worst_case)">{{ money(value.worst_case, minor, true) }}</b>
          · best <b class="num" :class="sign(value.best_case)">{{ money(value.best_case, minor, true) }}</b>
        </template>
        <template v-else>
          · settled, brought
          <b class="num" :class="sign(value.realised_pnl)">{{ money(value.realised_pnl, minor, true) }}</b>
        </template>
      </p>
    </header>
    <div class="scroll">
    <table>
      <thead><tr>
        <th scope="col">Selection</th><th scope="col">Odds</th>
        <th scope="col" class="wide">Probability</th><th scope="col" class="wide">Bets</th>
        <th scope="col">Stakes</th><th scope="col" class="wide">Pays if it wins</th>
        <th scope="col">PNL if it wins</th>
        <th scope="col" class="wide" title="Open tickets, such as accumulators, with an open leg on this selection: what they pay if the rest wins, too">In tickets</th>
      </tr></thead>
      <tbody>
        <tr v-for="rung in value.rungs" :key="rung.selection" :data-selection="rung.selection"
            :class="{ chosen: rung.chosen, settled: rung.result !== null }"
            @click="choose(rung)">
          <th scope="row">
            <button type="button" v-if="rung.result === null" :aria-pressed="String(rung.chosen)"
                    @click.stop="choose(rung)">{{ words(rung.selection) }}</button>
            <span v-else>{{ words(rung.selection) }}</span>
            <span class="outcome" v-if="rung.outcome">{{ rung.chosen ? "✓ chosen" : "if so: " + words(rung.outcome) }}</span>
            <span class="narrow muted">
              {{ percent(rung.probability) }} · {{ count(rung.bets) }} bets · pays {{ money(rung.payout_win, minor) }}
            </span>
          </th>
          <td>{{ odds(rung.odds) }}</td>
          <td class="wide">{{ percent(rung.probability) }}</td>
          <td class="wide">{{ count(rung.bets) }}</td>
          <td class="stakes"><span class="bar" aria-hidden="true"><i :style="{ width: rung.share + '%' }"></i></span>{{ money(rung.handle_riding, minor) }}</td>
          <td class="wide">{{ money(rung.payout_win, minor) }}</td>
          <td v-if="rung.result === null" class="brings">
            <span class="mark" v-if="rung.mark">{{ marks[rung.mark] }}</span>
            <b :class="sign(rung.pnl_if_win)" :data-raw="rung.pnl_if_win">{{ money(rung.pnl_if_win, minor, true) }}</b>
          </td>
          <td v-else class="brings"><b>{{ ended(rung) }}</b>, paid {{ money(rung.payout, minor) }}</td>
          <td class="wide" data-part="tickets" :data-raw="rung.tickets_payout_win">
            <template v-if="rung.tickets">{{ count(rung.tickets) }} · {{ money(rung.tickets_payout_win, minor) }}</template>
          </td>
        </tr>
      </tbody>
    </table>
    </div>
  </section>`,
  props: { value: Object, minor: Number, currency: String },
  emits: ["choose"],
  data: () => ({ marks: MARKS }),
  computed: {
    title() {
      return [words(this.value.market), this.value.line].filter(Boolean).join(" ");
    },
  },
  methods: {
    count,
    money,
    odds,
    percent,
    sign,
    words,
    choose(rung) {
      if (rung.result === null) this.$emit("choose", rung.selection);
    },
    ended(rung) {
      const shared = rung.dead_heat ? ` ${rung.dead_heat[0]}/${rung.dead_heat[1]}` : "";
      return words(rung.result) + shared;
    },
  },
};
