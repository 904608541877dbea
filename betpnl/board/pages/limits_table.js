import { money, sign, time } from "/static/board.js";
import { MEASURES, SCOPES } from "/static/limits.js";

const EMPTY = { scope: "total", measure: "liability", bound: "", sport: "", game_id: "", market: "", line: "", note: "" };
const LOOK_AFTER_MS = 250;

export default {
  template: `
  <section class="panel limits-table" aria-label="Limits that are set">
    <h2>Set <span class="muted">({{ rows.length }})</span></h2>
    <p class="limits-problem" role="alert" v-if="problem && !may_set">{{ problem }}</p>
    <p v-if="value && !rows.length" class="muted">No limit is set.</p>
    <div class="limits-scroll" v-if="rows.length" tabindex="0" aria-label="Limits that are set"><table>
      <thead><tr>
        <th scope="col">What</th><th scope="col">Measure</th><th scope="col">Bound</th><th scope="col">Now</th>
        <th scope="col">Room used</th><th scope="col">Set by</th><th scope="col" v-if="may_set">Change</th>
      </tr></thead>
      <tbody><tr v-for="row in rows" :key="row.limit_id" :data-limit="row.limit_id" :class="{ off: !row.enabled, passed: row.broken }">
        <th scope="row"><a v-if="row.address" :href="row.address">{{ row.subject }}</a><template v-else>{{ row.subject }}</template>
          <span class="muted limits-note" v-if="row.game_id && row.game_id !== row.subject">{{ row.game_id }}</span>
          <span class="muted limits-note" v-if="row.note">{{ row.note }}</span></th>
        <td data-label="Measure">{{ MEASURES[row.measure] }}</td>
        <td class="num" data-label="Bound" :data-raw="row.bound">{{ row.measure === "liability" ? "≤" : "≥" }} {{ amount(row, row.bound) }}</td>
        <td class="num" data-label="Now" data-part="value" :class="row.measure === 'liability' ? '' : sign(row.value)" :data-raw="row.value">{{ row.enabled ? amount(row, row.value) : "off" }}</td>
        <td data-label="Room used"><div class="limits-used" v-if="row.used !== null">
            <span class="limits-bar" aria-hidden="true"><i :class="{ over: row.broken, near: !row.broken && row.used >= 0.8 }" :style="{ width: Math.min(100, row.used * 100) + '%' }"></i></span>
            <span class="num">{{ percent(row.used) }}</span></div>
          <span v-else class="muted">{{ row.broken ? "" : "–" }}</span>
          <b class="neg" v-if="row.broken"> ⚠ passed</b></td>
        <td data-label="Set by">{{ row.created_by }} <time class="muted limits-note" :datetime="row.created_at">{{ time(row.created_at) }}</time></td>
        <td v-if="may_set"><div class="limits-actions">
          <button type="button" class="control" @click="edit(row)" :aria-label="'Change: ' + named(row)">Change</button>
          <button type="button" class="control" @click="$emit('enable', { limit_id: row.limit_id, enabled: !row.enabled })"
                  :aria-label="(row.enabled ? 'Switch off: ' : 'Switch on: ') + named(row)">{{ row.enabled ? "Switch off" : "Switch on" }}</button>
          <button type="button" class="control" @click="ask(row)" :aria-label="'Delete: ' + named(row)">Delete</button>
        </div></td>
      </tr></tbody>
    </table></div>
    <form v-if="may_set" class="limits-form" ref="form" @submit.prevent="save">
      <h3>{{ form.limit_id ? "Change limit " + form.limit_id : "New limit" }}</h3>
      <label>On <select class="control" name="scope" v-model="form.scope">
        <option v-for="(word, name) in SCOPES" :value="name">{{ word }}</option></select></label>
      <label v-if="form.scope === 'sport'">Sport <input class="control" name="sport" v-model="form.sport" list="limit-sports" maxlength="64" required @focus="look">
        <datalist id="limit-sports"><option v-for="sport in sports" :value="sport"></option></datalist></label>
      <label v-if="onGame">Game <input class="control" name="game_id" v-model="form.game_id" list="limit-games" maxlength="64" required placeholder="id or team" @input="look" @focus="look" autocomplete="off">
        <datalist id="limit-games"><option v-for="game in games" :value="game.game_id">{{ game.name }}</option></datalist></label>
      <label v-if="form.scope === 'market'">Market <select class="control" name="market" v-model="market" required>
        <option v-for="each in markets" :value="each.key">{{ each.title }}</option></select></label>
      <label>Measure <select class="control" name="measure" v-model="form.measure">
        <option v-for="(word, name) in MEASURES" :value="name" :disabled="name === 'total_pnl' && form.scope === 'market'">{{ word }}</option></select></label>
      <label>{{ form.measure === "liability" ? "At most" : "At least" }} ({{ currency }})
        <input class="control num" name="bound" v-model.trim="form.bound" required inputmode="decimal" autocomplete="off"
               pattern="[+\\-]?[0-9]+(\\.[0-9]+)?" :placeholder="form.measure === 'liability' ? '2500' : '-2500.50'" title="a number such as 2500 or -1250.50"></label>
      <label>Note <input class="control" name="note" v-model="form.note" maxlength="255"></label>
      <span class="limits-actions"><button class="control" :disabled="busy">{{ form.limit_id ? "Save" : "Set limit" }}</button>
      <button v-if="form.limit_id" type="button" class="control" @click="clear">Leave it as it was</button></span>
      <p class="limits-problem" role="alert" v-if="problem">{{ problem }}</p>
      <p class="visually-hidden" role="status">{{ spoken }}</p>
    </form>
    <dialog class="keys" ref="question" aria-label="Delete a limit">
      <p>Delete this limit? <b>{{ asked && named(asked) }}</b></p>
      <p class="muted">What passed it before stays below.</p>
      <form method="dialog" class="limits-actions">
        <button class="control" autofocus>Keep it</button>
        <button class="control" @click="$emit('remove', asked.limit_id)">Delete it</button>
      </form>
    </dialog>
  </section>`,
  props: { value: Array, minor: Number, currency: String, may_set: Boolean, game: String, answer: Object, choices: Object },
  emits: ["save", "enable", "remove", "look"],
  data() {
    const form = this.game ? { ...EMPTY, scope: "game", game_id: this.game } : { ...EMPTY };
    return { MEASURES, SCOPES, form, busy: false, saving: false, problem: "", spoken: "", asked: null, timer: 0 };
  },
  mounted() {
    if (this.game) {
      this.$emit("look", this.game);
      this.$nextTick(() => this.$refs.form?.elements.bound.focus());
    }
  },
  watch: {
    answer(now) {
      this.problem = now.problem;
      if (this.saving && !now.problem) {
        this.spoken = "The limit is set.";
        this.clear();
      }
      this.busy = this.saving = false;
    },
    "form.scope"(scope) {
      if (scope === "market" && this.form.measure === "total_pnl") this.form.measure = "liability";
      if (scope !== "total") this.look();
    },
  },
  computed: {
    rows() {
      return this.value ?? [];
    },
    onGame() {
      return this.form.scope === "game" || this.form.scope === "market";
    },
    sports() {
      return this.choices?.sports ?? [];
    },
    games() {
      return this.choices?.games ?? [];
    },
    markets() {
      const found = (this.choices?.markets ?? []).map((each) => ({ ...each, key: this.key(each), title: `${each.market} ${each.line}`.trim() }));
      // One that is being changed stays to choose, also when the game is not on the board any more.
      const mine = this.form.market && !found.some((each) => each.key === this.market);
      return mine ? [{ key: this.market, title: `${this.form.market} ${this.form.line}`.trim() }, ...found] : found;
    },
    market: {
      get() {
        return this.form.market ? this.key(this.form) : "";
      },
      set(key) {
        [this.form.market, this.form.line] = JSON.parse(key);
      },
    },
  },
  methods: {
    sign,
    time,
    key: (each) => JSON.stringify([each.market, each.line]),
    amount(row, text) {
      return money(text, this.minor, row.measure !== "liability");
    },
    percent(used) {
      return used >= 9.99 ? "over 999 %" : `${Math.round(used * 100)} %`;
    },
    named(row) {
      return `${MEASURES[row.measure]}, ${row.subject}, ${row.measure === "liability" ? "at most" : "at least"} ${this.amount(row, row.bound)}`;
    },
    look() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.$emit("look", this.form.game_id), LOOK_AFTER_MS);
    },
    edit(row) {
      const { limit_id, version, enabled } = row;
      this.form = { ...Object.fromEntries(Object.keys(EMPTY).map((name) => [name, row[name]])), limit_id, version, enabled };
      this.problem = "";
      this.$nextTick(() => this.$refs.form.elements.bound.focus());
    },
    ask(row) {
      this.asked = row;
      this.$refs.question.showModal();
    },
    save() {
      this.busy = this.saving = true;
      this.problem = this.spoken = "";
      this.$emit("save", { ...this.form });
    },
    // The next limit is likely on the same: only what was said of it is taken back.
    clear() {
      const { scope, sport, game_id, market, line, measure } = this.form;
      this.form = { ...EMPTY, scope, sport, game_id, market, line, measure };
    },
  },
};
