import { currentLocale, isDark, LOCALES, setLocale, toggleTheme } from "/static/board.js";

export default {
  template: `
  <div class="games-tools">
    <label class="visually-hidden" for="locale">Numbers</label>
    <select id="locale" class="control" :value="locale" @change="setLocale($event.target.value)">
      <option v-for="(word, name) in locales" :key="name" :value="name">{{ word }}</option>
    </select>
    <button class="control" type="button" @click="toggle">{{ dark ? "Light" : "Dark" }}</button>
    <button class="control" type="button" @click="$refs.keys.showModal()">Help</button>
    <form v-if="locked" method="post" action="/logout">
      <button class="control">Log out</button>
    </form>
    <dialog class="keys" ref="keys" aria-label="Keys and more">
      <h2>Keys</h2>
      <dl>
        <dt><kbd>/</kbd></dt><dd>search the games</dd>
        <dt><kbd>↓</kbd>, arrows, <kbd>Enter</kbd></dt>
        <dd>into the grid, move in it, open the game</dd>
        <dt><kbd>p</kbd></dt><dd>hold the grid still, and let it go on</dd>
        <dt><kbd>g</kbd> then <kbd>g</kbd> <kbd>c</kbd> <kbd>l</kbd></dt>
        <dd>go to games, curves, limits</dd>
        <dt><kbd>t</kbd></dt><dd>dark or light</dd>
        <dt><kbd>?</kbd></dt><dd>this</dd>
      </dl>
      <h2>Ask in SQL</h2>
      <p>In a terminal, <code>betpnl sql</code> asks Flink and MySQL, live; for instance<br>
      <code>SELECT * FROM game_board ORDER BY liability DESC LIMIT 10;</code></p>
      <form method="dialog"><button class="control" autofocus>Close</button></form>
    </dialog>
  </div>`,
  props: { locked: Boolean },
  data: () => ({ dark: isDark(), locale: currentLocale(), locales: LOCALES }),
  mounted() {
    addEventListener("betpnl:theme", this.note);
  },
  unmounted() {
    removeEventListener("betpnl:theme", this.note);
  },
  methods: {
    setLocale,
    toggle: toggleTheme,
    note(event) {
      this.dark = event.detail === "dark";
    },
  },
};
