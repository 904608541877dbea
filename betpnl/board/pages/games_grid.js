import * as AgGrid from "nicegui-aggrid";
import { count, money, onGames, rate, state, time } from "/static/board.js";

const COLUMNS_KEY = "betpnl.columns";
const NARROW = 640;
const NARROW_COLUMNS = ["game", "state", "total_pnl", "liability"];
const SHOWS = { open: "Open games", live: "In play", all: "All games" };
const SUMMED = [
  ["handle", "Handle"],
  ["expected_pnl", "Expected"],
  ["realised_pnl", "Realised"],
  ["total_pnl", "Total"],
  ["liability", "Liability"],
];

const teams = (row) => (row.home === null ? row.game_id : `${row.home} – ${row.away}`);
const score = (row) => (row.score_home === null ? "" : `${row.score_home}:${row.score_away}`);

function standing(row) {
  if (row.status === "live") {
    return [row.minute === null ? "live" : `${row.minute}'`, score(row)].join(" ").trim();
  }
  if (row.status === "scheduled" && row.starts_at) {
    const at = new Date(row.starts_at);
    return at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }
  return [row.status ?? "–", score(row)].join(" ").trim();
}

// A browser swallows these two in a path.
const DOTS = [".", ".."];
const address = ({ game_id: id }) =>
  DOTS.includes(id) ? `/game?id=${id}` : `/game/${encodeURIComponent(id)}`;

function link(params) {
  const anchor = document.createElement("a");
  anchor.href = address(params.data);
  anchor.textContent = params.value;
  anchor.tabIndex = -1;
  return anchor;
}

const SVG = "http://www.w3.org/2000/svg";

// The line of the last minutes, with what it says in words for those who do not see it.
function spark(params) {
  const line = state.sparks.get(params.data.game_id) ?? [];
  if (line.length < 2) return document.createTextNode("");
  const [width, height] = [92, 22];
  const low = Math.min(...line);
  const span = Math.max(...line) - low || 1;
  const points = line.map((value, i) => {
    const x = (i / (line.length - 1)) * (width - 2) + 1;
    return `${x.toFixed(1)},${(height - 2 - ((value - low) / span) * (height - 4)).toFixed(1)}`;
  });
  const change = line.at(-1) - line[0];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `spark ${change > 0 ? "up" : change < 0 ? "fell" : ""}`);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("role", "img");
  const word = change > 0 ? "rose" : change < 0 ? "fell" : "did not move";
  svg.setAttribute("aria-label", `total PNL ${word} over the last minutes`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M${points.join("L")}`);
  svg.append(path);
  return svg;
}

// Sums of decimal texts, exact: whole ten-thousandths.
const units = (text) => BigInt(text.replace(".", ""));
function unitsText(sum) {
  const digits = (sum < 0n ? -sum : sum).toString().padStart(5, "0");
  return `${sum < 0n ? "-" : ""}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

export default {
  template: `
  <div class="games">
    <div class="games-tools" role="search">
      <input type="search" class="control" ref="search" v-model="q" aria-label="Search games"
        placeholder="Search  /" @keydown.escape="q = ''">
      <select class="control" v-model="sport" aria-label="Sport">
        <option value="">All sports</option>
        <option v-for="name in sports" :key="name" :value="name">{{ name.replaceAll("_", " ") }}</option>
      </select>
      <select class="control" v-model="show" aria-label="Which games">
        <option v-for="(word, name) in shows" :key="name" :value="name">{{ word }}</option>
      </select>
      <button type="button" class="control" :aria-pressed="held" @click="hold">
        {{ held ? "Go on" : "Hold" }}</button>
      <div class="columns-menu" @keydown.escape="choosing = false">
        <button type="button" class="control" :aria-expanded="choosing" @click="choosing = !choosing">
          Columns</button>
        <div v-if="choosing">
          <label v-for="column in columns" :key="column.id">
            <input type="checkbox" :checked="column.visible"
              @change="choose(column.id, $event.target.checked)">{{ column.title }}
          </label>
          <button type="button" class="control" @click="resetColumns">As at first</button>
        </div>
      </div>
      <button type="button" class="control" @click="download('csv')">CSV</button>
      <button type="button" class="control" @click="download('parquet')">Parquet</button>
    </div>
    <div class="games-sums" data-sums>
      <span><b data-sum="games">{{ shownText }}</b> shown</span>
      <span v-for="item in sums" :key="item.name">{{ item.title }}
        <b :data-sum="item.name">{{ item.text }}</b></span>
      <span v-if="problem" role="alert" class="neg">{{ problem }}</span>
    </div>
    <div class="games-grid" ref="grid"></div>
  </div>`,
  props: { minor: Number, currency: String },
  data() {
    const asked = new URLSearchParams(location.search);
    return {
      q: asked.get("q") ?? "",
      sport: asked.get("sport") ?? "",
      show: SHOWS[asked.get("show")] ? asked.get("show") : "open",
      shows: SHOWS,
      sports: asked.get("sport") ? [asked.get("sport")] : [],
      held: false,
      choosing: false,
      columns: [],
      shownText: "–",
      sums: [],
      problem: "",
    };
  },
  watch: {
    q(text) {
      this.api.setGridOption("quickFilterText", text);
      this.remember();
    },
    sport() {
      this.api.onFilterChanged();
    },
    show() {
      this.api.onFilterChanged();
    },
  },
  mounted() {
    AgGrid.ModuleRegistry.registerModules([AgGrid.AllCommunityModule]);
    this.api = AgGrid.createGrid(this.$refs.grid, this.options());
    this.restoreColumns();
    this.restoreView();
    this.listColumns();
    this.end = onGames((news) => this.take(news));
    this.summing = setInterval(() => this.sum(), 500);
    addEventListener("keydown", this.key);
  },
  unmounted() {
    this.end();
    clearInterval(this.summing);
    removeEventListener("keydown", this.key);
    this.api.destroy();
  },
  methods: {
    options() {
      const theme = AgGrid.themeQuartz.withParams({
        backgroundColor: "var(--panel)",
        foregroundColor: "var(--text)",
        textColor: "var(--text)",
        headerBackgroundColor: "var(--raised)",
        headerTextColor: "var(--text)",
        borderColor: "var(--line)",
        rowHoverColor: "var(--raised)",
        accentColor: "var(--focus)",
        chromeBackgroundColor: "var(--panel)",
        fontFamily: "inherit",
        fontSize: 14,
        rowHeight: 34,
        headerHeight: 36,
        cellHorizontalPadding: innerWidth < NARROW ? 7 : 10,
        browserColorScheme: "inherit",
      });
      return {
        theme,
        columnDefs: this.columnDefs(),
        defaultColDef: {
          sortable: true,
          resizable: true,
          filter: "agNumberColumnFilter",
          enableCellChangeFlash: true,
          minWidth: 70,
          // What is cut off can be read all the same.
          tooltipValueGetter: ({ valueFormatted, value }) => valueFormatted ?? value,
        },
        enableBrowserTooltips: true,
        rowData: [],
        getRowId: (params) => params.data.game_id,
        asyncTransactionWaitMillis: 60,
        cellFlashDuration: 300,
        cellFadeDuration: 400,
        animateRows: false,
        suppressDragLeaveHidesColumns: true,
        suppressFieldDotNotation: true,
        quickFilterText: this.q,
        isExternalFilterPresent: () => this.sport !== "" || this.show !== "all",
        doesExternalFilterPass: ({ data }) =>
          (!this.sport || data.sport === this.sport) &&
          (this.show === "all" || (this.show === "live" ? data.status === "live" : data.open_bets > 0)),
        overlayNoRowsTemplate: "<span>No game is shown: none has a bet yet, or none fits.</span>",
        onSortChanged: () => this.remember(),
        onFilterChanged: () => {
          this.remember();
          this.sum();
        },
        onColumnVisible: () => this.keepColumns(),
        onColumnMoved: (event) => event.finished && this.keepColumns(),
        onColumnResized: (event) => event.finished && this.keepColumns(),
        onColumnPinned: () => this.keepColumns(),
        onCellKeyDown: ({ event, data }) => {
          if (event.key === "Enter" && data) location.assign(address(data));
        },
        onRowDoubleClicked: ({ data }) => location.assign(address(data)),
      };
    },
    columnDefs() {
      const narrow = innerWidth < NARROW;
      const text = (colId, headerName, value, more = {}) => ({
        colId,
        headerName,
        valueGetter: ({ data }) => value(data) ?? "",
        filter: "agTextColumnFilter",
        ...more,
      });
      const number = (colId, headerName, show, more = {}) => ({
        colId,
        headerName,
        // Sorted and filtered as numbers; shown as the exact text.
        valueGetter: ({ data }) => (data[colId] === null ? null : Number(data[colId])),
        valueFormatter: ({ data }) => show(data[colId]),
        getQuickFilterText: () => "",
        type: "rightAligned",
        sortingOrder: ["desc", "asc", null],
        width: 112,
        ...more,
      });
      const amount = (colId, title, more) =>
        number(colId, title, (value) => money(value, this.minor), more);
      const pnl = (colId, title, more) =>
        number(colId, title, (value) => money(value, this.minor, true), {
          cellClassRules: { pos: ({ value }) => value > 0, neg: ({ value }) => value < 0 },
          ...more,
        });
      const whole = (colId, title, more) => number(colId, title, count, { width: 88, ...more });
      const hide = { hide: true };
      const columns = [
        text("sport", "Sport", (row) => row.sport.replaceAll("_", " "), { width: 108 }),
        text("game", "Game", teams, {
          cellRenderer: link,
          minWidth: narrow ? 118 : 190,
          flex: 1,
          enableCellChangeFlash: false,
        }),
        text("competition", "Competition", (row) => row.competition, hide),
        text("state", "State", standing, { width: 112 }),
        whole("bets", "Bets"),
        number("bets_per_s", "Bets/s", rate, { width: 82, enableCellChangeFlash: false }),
        amount("handle", "Handle"),
        pnl("expected_pnl", "Expected", { headerTooltip: "Mean PNL of all bets, as placed" }),
        pnl("realised_pnl", "Realised", { headerTooltip: "PNL of what is settled or cashed out" }),
        pnl("total_pnl", "Total", { headerTooltip: "Realised + expected of what is open" }),
        {
          colId: "spark",
          headerName: "5 min",
          headerTooltip: "Total PNL over the last five minutes",
          valueGetter: ({ data }) => data.game_id,
          cellRenderer: spark,
          sortable: false,
          filter: false,
          tooltipValueGetter: () => null,
          width: 112,
          enableCellChangeFlash: false,
          getQuickFilterText: () => "",
        },
        pnl("worst_case", "Worst case", { headerTooltip: "Realised + the worst of what is open" }),
        // Most at risk first, unless the user or the address says otherwise.
        amount("liability", "Liability", {
          headerTooltip: "What can still be lost",
          initialSort: "desc",
        }),
        pnl("best_case", "Best case", hide),
        pnl("open_expected_pnl", "Open expected", hide),
        pnl("predicted_pnl", "Predicted", hide),
        pnl("theoretical_pnl", "Theoretical", hide),
        whole("open_bets", "Open bets", hide),
        amount("open_handle", "Open handle", hide),
        text("starts_at", "Start", (row) => row.starts_at, {
          valueFormatter: ({ value }) => time(value),
          ...hide,
        }),
        text("updated_at", "Changed", (row) => row.updated_at, {
          valueFormatter: ({ value }) => time(value),
          enableCellChangeFlash: false,
          getQuickFilterText: () => "",
          width: 160,
          ...hide,
        }),
        text("game_id", "Game id", (row) => row.game_id, hide),
      ];
      if (!narrow) return columns;
      return columns.map((column) => ({
        ...column,
        hide: !NARROW_COLUMNS.includes(column.colId),
        width: column.colId === "game" ? undefined : column.colId === "state" ? 62 : 94,
      }));
    },
    // -- What is new
    take({ all, changed, gone, sample }) {
      this.listSports();
      if (this.held) return;
      if (all) {
        this.api.setGridOption("rowData", [...state.rows.values()]);
      } else {
        const update = [];
        const add = [];
        for (const id of changed) {
          const row = state.rows.get(id);
          if (row) (this.api.getRowNode(id) ? update : add).push(row);
        }
        // Two changes close together must not add one game twice.
        if (add.length) this.api.applyTransaction({ add });
        const remove = gone.filter((id) => this.api.getRowNode(id)).map((id) => ({ game_id: id }));
        if (remove.length) this.api.applyTransaction({ remove });
        if (update.length) this.api.applyTransactionAsync({ update });
      }
      if (all || sample) this.api.refreshCells({ columns: ["spark"], force: true });
    },
    hold() {
      this.held = !this.held;
      if (!this.held) this.api.setGridOption("rowData", [...state.rows.values()]);
    },
    listSports() {
      const found = new Set([...state.rows.values()].map((row) => row.sport));
      // One that is asked for stays a choice, also before its first game.
      if (this.sport) found.add(this.sport);
      const sports = [...found].sort();
      if (sports.join() !== this.sports.join()) this.sports = sports;
    },
    sum() {
      let games = 0;
      const totals = SUMMED.map(() => 0n);
      this.api.forEachNodeAfterFilter(({ data }) => {
        games += 1;
        SUMMED.forEach(([name], i) => {
          if (data[name] !== null) totals[i] += units(data[name]);
        });
      });
      // The grid says so by itself only where there is no game at all.
      if (games === 0) this.api.showNoRowsOverlay();
      else this.api.hideOverlay();
      this.shownText = `${count(games)} of ${count(state.rows.size)} games`;
      this.sums = SUMMED.map(([name, title], i) => ({
        name,
        title,
        text: money(unitsText(totals[i]), this.minor, name.endsWith("_pnl")),
      }));
    },

    // -- Deep links: what is shown stands in the address
    restoreView() {
      const asked = new URLSearchParams(location.search);
      const sorts = (asked.get("sort") ?? "")
        .split(",")
        .map((each) => each.split(":"))
        .filter(([colId, sort]) => this.api.getColumn(colId) && ["asc", "desc"].includes(sort))
        .map(([colId, sort], sortIndex) => ({ colId, sort, sortIndex }));
      if (sorts.length) {
        this.api.applyColumnState({ state: sorts, defaultState: { sort: null } });
      }
      try {
        if (asked.has("filter")) this.api.setFilterModel(JSON.parse(asked.get("filter")));
      } catch {
        this.problem = "The filter in this address cannot be read.";
      }
    },
    remember() {
      if (!this.api) return;
      const params = new URLSearchParams();
      if (this.q) params.set("q", this.q);
      if (this.sport) params.set("sport", this.sport);
      if (this.show !== "open") params.set("show", this.show);
      const sort = this.api
        .getColumnState()
        .filter((column) => column.sort)
        .sort((one, other) => one.sortIndex - other.sortIndex)
        .map((column) => `${column.colId}:${column.sort}`)
        .join(",");
      if (sort && sort !== "liability:desc") params.set("sort", sort);
      const model = this.api.getFilterModel();
      if (Object.keys(model).length) params.set("filter", JSON.stringify(model));
      const query = params.toString();
      history.replaceState(history.state, "", query ? `/?${query}` : "/");
    },

    // -- Columns, kept in this browser
    listColumns() {
      this.columns = this.api.getColumns().map((column) => ({
        id: column.getColId(),
        title: column.getColDef().headerName,
        visible: column.isVisible(),
      }));
    },
    choose(id, visible) {
      this.api.setColumnsVisible([id], visible);
    },
    keepColumns() {
      this.listColumns();
      if (innerWidth < NARROW) return;
      const kept = this.api.getColumnState().map(({ colId, hide, width, flex }) => ({
        colId,
        hide,
        width,
        flex,
      }));
      localStorage.setItem(COLUMNS_KEY, JSON.stringify(kept));
    },
    restoreColumns() {
      if (innerWidth < NARROW) return;
      try {
        const kept = JSON.parse(localStorage.getItem(COLUMNS_KEY));
        if (kept) this.api.applyColumnState({ state: kept, applyOrder: true });
      } catch {
        localStorage.removeItem(COLUMNS_KEY);
      }
    },
    resetColumns() {
      localStorage.removeItem(COLUMNS_KEY);
      this.api.resetColumnState();
      this.listColumns();
    },

    // -- Files
    async download(kind) {
      const ids = [];
      this.api.forEachNodeAfterFilterAndSort(({ data }) => ids.push(data.game_id));
      const columns = this.api.getAllDisplayedColumns().flatMap((column) => {
        const id = column.getColId();
        if (id === "game") return ["game_id", "home", "away"];
        if (id === "state") return ["status", "minute", "score_home", "score_away"];
        return id === "spark" ? [] : [id];
      });
      try {
        const answer = await fetch("/download", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ format: kind, columns, games: ids }),
        });
        if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
        const name = answer.headers.get("content-disposition").match(/filename="([^"]+)"/)[1];
        const address = URL.createObjectURL(await answer.blob());
        const anchor = document.createElement("a");
        anchor.href = address;
        anchor.download = name;
        anchor.click();
        URL.revokeObjectURL(address);
        this.problem = "";
      } catch (error) {
        this.problem = `No file: ${error.message}.`;
      }
    },

    key(event) {
      const typing = event.target.closest?.("input, select, textarea");
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "/") {
        event.preventDefault();
        this.$refs.search.focus();
      } else if (event.key === "p") {
        this.hold();
      } else if (event.key === "ArrowDown" && event.target === document.body) {
        event.preventDefault();
        this.api.setFocusedCell(0, "game");
      }
    },
  },
};
