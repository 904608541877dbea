import { money, sign, words } from "/static/game.js";

const SCORE_MAX = 999;

export default {
  template: `
  <section class="panel what-if" aria-label="What if" v-if="value">
    <header>
      <h2>What if</h2>
      <p class="muted">Press a selection, or set a final score.</p>
    </header>
    <div class="what-if-tools">
      <fieldset v-for="(side, at) in sides" :key="at">
        <legend>{{ side }}</legend>
        <button type="button" class="control" :aria-label="'one less: ' + side" :disabled="!score || score[at] === 0" @click="step(at, -1)">−</button>
        <input class="control num" inputmode="numeric" maxlength="3" :aria-label="'score of ' + side" placeholder="–"
               :value="score ? score[at] : ''" @change="typed(at, $event.target)">
        <button type="button" class="control" :aria-label="'one more: ' + side" @click="step(at, 1)">+</button>
      </fieldset>
      <button type="button" class="control" v-if="standing" @click="$emit('score', standing)">As it stands, {{ standing[0] }}–{{ standing[1] }}</button>
      <button type="button" class="control" :disabled="!value.is_chosen" @click="$emit('clear')">Clear</button>
    </div>
    <div class="what-if-result" :class="{ idle: !value.is_chosen }">
      <p class="what-if-main">
        {{ value.is_chosen ? "PNL if so" : "PNL as it stands" }}
        <b class="num" data-part="pnl" :class="sign(value.pnl)" :data-raw="value.pnl">{{ signed(value.pnl) }}</b>
        <template v-if="value.is_chosen">
          <span class="muted">now</span> <b class="num" data-part="now" :class="sign(value.now)" :data-raw="value.now">{{ signed(value.now) }}</b>
          <span class="muted">change</span> <b class="num" data-part="change" :class="sign(value.change)" :data-raw="value.change">{{ signed(value.change) }}</b>
        </template>
        <span class="muted">at worst</span> <b class="num" data-part="worst" :class="sign(value.worst)" :data-raw="value.worst">{{ signed(value.worst) }}</b>
        <span class="muted">at best</span> <b class="num" data-part="best" :class="sign(value.best)" :data-raw="value.best">{{ signed(value.best) }}</b>
      </p>
      <p class="muted">
        Realised {{ signed(value.settled) }}<template v-if="value.is_chosen">, decided by your choice {{ signed(value.decided) }}</template>, singles at their mean {{ signed(value.at_mean) }}.
        <template v-if="value.tickets.open_bets">
          {{ value.tickets.open_bets }} accumulator{{ value.tickets.open_bets === 1 ? " hangs" : "s hang" }} on this game and {{ value.tickets.open_bets === 1 ? "is" : "are" }} not in these figures: {{ signed(value.tickets.expected_pnl) }} on average, {{ signed(value.with_tickets) }} with {{ value.tickets.open_bets === 1 ? "it" : "them" }}.
        </template>
        <template v-else>No open accumulator hangs on this game.</template>
      </p>
      <p class="muted" v-if="value.is_chosen && value.left.length" data-part="left">
        <b>{{ value.score ? "Not decided by a score" : "Not chosen" }}, at the mean:</b> {{ value.left.map(named).join(", ") }}.
      </p>
      <p class="warn" v-if="value.unknown.length" data-part="unknown">
        <b>Chosen, but not open here:</b> {{ value.unknown.map(named).join(", ") }}.
      </p>
    </div>
    <p class="visually-hidden" role="status">{{ spoken }}</p>
  </section>`,
  props: { value: Object, minor: Number, currency: String },
  emits: ["score", "clear"],
  data: () => ({ spoken: "", heard: "" }),
  computed: {
    score() {
      return this.value.score;
    },
    standing() {
      return this.value.standing;
    },
    sides() {
      return this.value.sides;
    },
    choice() {
      return this.value ? JSON.stringify([this.value.score, this.value.chosen]) : "";
    },
  },
  watch: {
    // Said once a choice: figures move each second, and nobody wants to hear that.
    choice(now, before) {
      if (before !== "") {
        this.spoken = this.value.is_chosen ? `PNL if so ${this.signed(this.value.pnl)}` : "Nothing chosen";
      }
    },
  },
  methods: {
    sign,
    named(parts) {
      return parts.filter(Boolean).map(words).join(" ");
    },
    signed(text) {
      return money(text, this.minor, true);
    },
    step(at, by) {
      const next = [...(this.score ?? this.standing ?? [0, 0])];
      next[at] = Math.min(SCORE_MAX, Math.max(0, next[at] + by));
      this.$emit("score", next);
    },
    typed(at, input) {
      if (!/^[0-9]{1,3}$/.test(input.value)) {
        input.value = this.score ? this.score[at] : "";
        return;
      }
      const next = [...(this.score ?? this.standing ?? [0, 0])];
      next[at] = Number(input.value);
      this.$emit("score", next);
    },
  },
};
