import { money, odds, sign, time, words } from "/static/game.js";

export default {
  template: `
  <div class="scroll">
    <p class="muted" v-if="value === null">Asking.</p>
    <p class="muted" v-else-if="!value.length">No bet whose first leg is on this game.</p>
    <table v-else class="rows">
      <thead><tr>
        <th scope="col">Accepted</th><th scope="col">Bet</th><th scope="col">On</th>
        <th scope="col">Odds</th><th scope="col">Stake</th><th scope="col">Handle {{ currency }}</th>
        <th scope="col">State</th><th scope="col">PNL</th>
      </tr></thead>
      <tbody>
        <tr v-for="row in value" :key="row.bet_id" :data-bet="row.bet_id">
          <td class="num"><time :datetime="row.accepted_at">{{ time(row.accepted_at) }}</time></td>
          <td><button type="button" class="link" @click="$emit('open', row.bet_id)">{{ row.bet_id }}</button></td>
          <td>{{ on(row) }}</td>
          <td class="num">{{ odds(row.odds) }}</td>
          <td class="num">{{ plain(row.stake) }} {{ row.currency }}{{ row.stake_type === "free" ? ", free" : "" }}</td>
          <td class="num">{{ money(row.handle, minor) }}</td>
          <td>{{ words(row.result ?? (row.status === "accepted" ? "open" : row.status)) }}</td>
          <td class="num"><b :class="sign(row.total_pnl)">{{ money(row.total_pnl, minor, true) }}</b>{{ isOpen(row) ? " mean" : "" }}</td>
        </tr>
      </tbody>
    </table>
  </div>`,
  props: { value: Array, minor: Number, currency: String },
  emits: ["open"],
  methods: {
    money,
    odds,
    sign,
    time,
    words,
    plain(text) {
      return odds(text);
    },
    isOpen(row) {
      return row.result === null && !["cancelled", "rejected"].includes(row.status);
    },
    on(row) {
      const first = [row.market, row.line, row.selection].filter(Boolean).map(words).join(" ");
      return row.leg_count > 1 ? `${row.leg_count} legs, first: ${first}` : first;
    },
  },
};
