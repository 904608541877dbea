import { money, sign, time } from "/static/board.js";
import { ENDED, MEASURES } from "/static/limits.js";

export default {
  template: `
  <section class="panel limits-breaches" :class="{ passed: open && rows.length }" :aria-label="title">
    <h2>{{ open && rows.length ? "⚠ " : "" }}{{ title }} <span class="muted">({{ rows.length }})</span></h2>
    <p v-if="value && !rows.length" class="muted">{{ open ? "No limit is passed." : "None yet." }}</p>
    <div class="limits-scroll" v-if="rows.length" tabindex="0" :aria-label="title"><table>
      <thead><tr>
        <th scope="col">Limit</th><th scope="col">Bound</th><th scope="col">First beyond</th><th scope="col">Worst</th><th scope="col" v-if="open">Now</th>
        <th scope="col">Began</th><th scope="col" v-if="!open">Ended</th><th scope="col">Webhook</th>
        <th scope="col">Seen by</th>
      </tr></thead>
      <tbody><tr v-for="row in rows" :key="row.limit_id + row.began_at" :data-breach="row.breach_id" :data-limit="row.limit_id">
        <th scope="row">{{ MEASURES[row.measure] }},
          <a v-if="row.address" :href="row.address">{{ row.subject }}</a><template v-else>{{ row.subject }}</template>
          <span class="muted limits-note" v-if="row.game_id && row.game_id !== row.subject">{{ row.game_id }}</span>
          <span class="muted limits-note" v-if="row.note">{{ row.note }}</span></th>
        <td class="num" data-label="Bound">{{ side(row) }} {{ amount(row, row.bound) }}</td>
        <td class="num" data-label="First beyond" :data-raw="row.began_value">{{ amount(row, row.began_value) }}</td>
        <td class="num" :class="colour(row)" data-label="Worst" data-part="worst" :data-raw="row.worst_value">{{ amount(row, row.worst_value) }}</td>
        <td class="num" v-if="open" data-label="Now" data-part="now" :data-raw="row.value">{{ amount(row, row.value) }}</td>
        <td data-label="Began"><time :datetime="row.began_at">{{ time(row.began_at) }}</time></td>
        <td v-if="!open" data-label="Ended"><time :datetime="row.ended_at">{{ time(row.ended_at) }}</time>
          <span class="muted limits-note">{{ ENDED[row.ended_because] }}</span></td>
        <td data-label="Webhook">{{ row.told || "–" }}</td>
        <td data-label="Seen by"><template v-if="row.acknowledged_by">{{ row.acknowledged_by }} <time class="muted limits-note" :datetime="row.acknowledged_at">{{ time(row.acknowledged_at) }}</time></template>
          <button v-else-if="open && may_set && row.breach_id" type="button" class="control" @click="$emit('acknowledge', row.breach_id)"
                  :aria-label="'I have seen it: ' + MEASURES[row.measure] + ', ' + row.subject">I have seen it</button>
          <template v-else>–</template></td>
      </tr></tbody>
    </table></div>
  </section>`,
  props: { value: Array, minor: Number, currency: String, may_set: Boolean, open: Boolean },
  emits: ["acknowledge"],
  data: () => ({ MEASURES, ENDED }),
  computed: {
    rows() {
      return this.value ?? [];
    },
    title() {
      return this.open ? "Passed now" : "Passed before";
    },
  },
  methods: {
    time,
    amount(row, text) {
      return money(text, this.minor, row.measure !== "liability");
    },
    side(row) {
      return row.measure === "liability" ? "≤" : "≥";
    },
    colour(row) {
      return row.measure === "liability" ? "neg" : sign(row.worst_value);
    },
  },
};
