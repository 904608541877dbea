import { time } from "/static/game.js";

export default {
  template: `
  <div class="scroll">
    <p class="muted" v-if="value === null">Asking.</p>
    <p class="muted" v-else-if="!value.length">None of the newest rejected bets names this game.</p>
    <table v-else class="rows">
      <thead><tr>
        <th scope="col">Arrived</th><th scope="col">Bet</th><th scope="col">Why it was rejected</th>
        <th scope="col">In the log</th><th scope="col">The record</th>
      </tr></thead>
      <tbody>
        <tr v-for="row in value" :key="row.log_partition + ' ' + row.log_offset">
          <td class="num"><time :datetime="row.arrived_at">{{ time(row.arrived_at) }}</time></td>
          <td>
            <button v-if="row.bet_id" type="button" class="link" @click="$emit('open', row.bet_id)">{{ row.bet_id }}</button>
            <span v-else class="muted">not readable</span>
          </td>
          <td class="neg">✖ {{ row.reason }}</td>
          <td class="num">{{ row.log_partition }} : {{ row.log_offset }}</td>
          <td><details><summary>show</summary><pre>{{ row.excerpt }}</pre></details></td>
        </tr>
      </tbody>
    </table>
  </div>`,
  props: { value: Array, minor: Number, currency: String },
  emits: ["open"],
  methods: { time },
};
