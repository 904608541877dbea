import { money, odds, percent, sign, time, words } from "/static/game.js";

const FIGURES = [
  ["handle", "Handle", false],
  ["bonus_handle", "Bonus handle", false],
  ["handle_riding", "Still riding", false],
  ["payout_win", "Pays if it wins", false],
  ["expected_pnl", "Expected PNL", true],
  ["predicted_pnl", "If the likeliest come", true],
  ["cash_out_paid", "Paid for cash-outs", false],
  ["cash_out_pnl", "Cash-out PNL", true],
  ["payout", "Paid out", false],
  ["open_payout", "Pays if all that is open wins", false],
  ["open_expected_payout", "Pays on average now", false],
  ["realised_pnl", "Realised PNL", true],
  ["total_pnl", "Total PNL", true],
];

const STAKES = { cash: "stake", free: "free bet", bonus: "bonus stake" };

export default {
  template: `
  <article class="bet-card" :aria-label="value ? 'Bet ' + value.bet_id : 'Bet'" v-if="value">
    <h2>Bet {{ value.bet_id }}</h2>
    <p v-if="value.sentence" :class="value.refused ? 'neg' : 'muted'" role="status">{{ value.sentence }}</p>
    <template v-if="value.bet">
      <p class="bet-state"><b>{{ state }}</b>{{ " " }}<span class="muted">accepted <time :datetime="value.bet.accepted_at">{{ time(value.bet.accepted_at) }}</time>,
        {{ value.bet.channel }}, {{ value.bet.region }}, customer {{ value.bet.customer_id }}</span></p>
      <p>{{ odds(value.bet.stake) }} {{ value.bet.currency }} {{ stakes[value.bet.stake_type] }}
        at {{ odds(value.bet.odds) }}; {{ words(value.bet.bet_type) }},
        {{ percent(value.bet.p_win) }} to win by <code>{{ value.bet.model_version }}</code></p>
      <p v-if="terms" class="muted" data-part="terms">{{ terms }}</p>
      <dl class="game-parts">
        <div v-for="[name, title, signed] in figures" :key="name" :data-part="name">
          <dt>{{ title }}</dt>
          <dd class="num" :class="signed ? sign(value.bet[name]) : ''" :data-raw="value.bet[name]">{{ money(value.bet[name], minor, signed) }}</dd>
        </div>
      </dl>
      <h3>Legs</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Legs"><table class="rows">
        <thead><tr><th scope="col">Game</th><th scope="col">On</th><th scope="col">Odds</th><th scope="col">To win</th><th scope="col">Taken</th><th scope="col">Result</th></tr></thead>
        <tbody><tr v-for="leg in value.legs" :key="leg.leg + leg.part">
          <td><a :href="leg.address">{{ leg.game_id }}</a></td>
          <td>{{ [leg.market, leg.line, leg.selection].filter(Boolean).map(words).join(" ") }}{{ leg.part ? ", to " + leg.part : "" }}</td>
          <td class="num">{{ odds(leg.odds) }}</td><td class="num">{{ percent(leg.p_win) }}</td>
          <td>{{ taken(leg) }}</td>
          <td>{{ leg.result ? words(leg.result) + (leg.dead_heat ? " " + leg.dead_heat.join("/") : "") : "open" }}</td>
        </tr></tbody>
      </table></div>
      <h3>Versions, newest first</h3>
      <div class="scroll" tabindex="0" role="region" aria-label="Versions"><table class="rows">
        <thead><tr><th scope="col">Version</th><th scope="col">Status</th><th scope="col">Stake</th><th scope="col">Odds</th><th scope="col">Handle</th>
          <th scope="col">Cashed out</th><th scope="col">Paid for it</th><th scope="col">Pays if it wins</th><th scope="col">Expected PNL</th><th scope="col">Model</th></tr></thead>
        <tbody><tr v-for="each in value.versions" :key="each.version + '.' + each.adjustment" :data-version="each.version">
          <td class="num">{{ each.version }}{{ each.adjustment ? "." + each.adjustment : "" }}</td><td>{{ words(each.status) }}</td>
          <td class="num">{{ odds(each.stake) }} {{ each.currency }}</td>
          <td class="num">{{ prices(each) }}</td>
          <td class="num">{{ money(each.handle, minor) }}</td>
          <td class="num">{{ money(each.cash_out_handle, minor) }}</td>
          <td class="num">{{ money(each.cash_out_paid, minor) }}</td>
          <td class="num">{{ money(each.payout_win, minor) }}</td>
          <td class="num" :class="sign(each.expected_pnl)">{{ money(each.expected_pnl, minor, true) }}</td>
          <td>{{ each.model_version }}</td>
        </tr></tbody>
      </table></div>
    </template>
  </article>`,
  props: { value: Object, minor: Number, currency: String },
  data: () => ({ figures: FIGURES, stakes: STAKES }),
  computed: {
    terms() {
      const { system, each_way } = this.value.bet.terms;
      if (each_way) return `places pay ${each_way.fraction} of the odds, by ${words(each_way.market || "place")}`;
      if (!system) return "";
      const bankers = (system.bankers || []).join(", ");
      return `lines of ${system.sizes.join(", ")}${bankers ? `, each with leg ${bankers}` : ""}`;
    },
    state() {
      const { status, result } = this.value.bet;
      return words(result ? `${status}, ${result}` : status === "accepted" ? "open" : status);
    },
  },
  methods: {
    money,
    odds,
    percent,
    sign,
    time,
    words,
    prices(version) {
      const whole = version.terms.odds;
      return whole ? odds(String(whole)) : version.legs.map((leg) => odds(String(leg.odds))).join(" · ");
    },
    taken(leg) {
      if (!leg.in_play) return "before the game";
      const score = leg.score_home === null ? "" : ` at ${leg.score_home}–${leg.score_away}`;
      return leg.minute === null ? `in play${score}` : `minute ${leg.minute}${score}`;
    },
  },
};
